/**
 * Checks plain data against the part of JSON Schema (2020-12) that `result.schema.json` uses.
 *
 * The published schema is thus the one description of a result, for other people's tools and for ours, and
 * reading a result needs no schema library. A keyword not listed here is an error, never silently ignored.
 * Cost: linear in the size of the data.
 */
import { isRecord } from '../../sim/util/is-record.js';

/** The first thing found wrong: where, as a path from the top, and what. */
export interface Mismatch {
  readonly path: string;
  readonly message: string;
}

type Schema = Readonly<Record<string, unknown>>;

const asSchema = (value: unknown, path: string): Schema => {
  if (!isRecord(value)) throw new TypeError(`Not a schema at ${path}.`);
  return value;
};

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  array: (value) => Array.isArray(value),
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => Number.isInteger(value),
  number: (value) => Number.isFinite(value),
  object: isRecord,
  string: (value) => typeof value === 'string',
};

interface Context {
  readonly root: Schema;
  readonly path: string;
}

type Keyword = (value: unknown, argument: unknown, schema: Schema, context: Context) => Mismatch | undefined;

const wrong = (context: Context, message: string): Mismatch => ({ path: context.path, message });

const annotation: Keyword = () => undefined;

const resolve = (root: Schema, reference: unknown): Schema => {
  const name = String(reference).replace('#/$defs/', '');
  return asSchema(asSchema(root.$defs, '$defs')[name], String(reference));
};

const first = <Item>(
  items: readonly Item[],
  check: (item: Item) => Mismatch | undefined,
): Mismatch | undefined => {
  for (const item of items) {
    const mismatch = check(item);
    if (mismatch !== undefined) return mismatch;
  }
  return undefined;
};

const KEYWORDS: Readonly<Record<string, Keyword>> = {
  $schema: annotation,
  $id: annotation,
  $defs: annotation,
  title: annotation,
  description: annotation,
  $ref: (value, reference, _schema, context) => check(value, resolve(context.root, reference), context),
  type: (value, type, _schema, context) =>
    TYPES[String(type)]?.(value) === true ? undefined : wrong(context, `should be of type ${type}`),
  const: (value, constant, _schema, context) =>
    value === constant ? undefined : wrong(context, `should be ${JSON.stringify(constant)}`),
  enum: (value, options, _schema, context) =>
    Array.isArray(options) && options.includes(value)
      ? undefined
      : wrong(context, `should be one of ${Array.isArray(options) ? options.join(', ') : ''}`),
  minimum: (value, minimum, _schema, context) =>
    typeof value !== 'number' || value >= Number(minimum)
      ? undefined
      : wrong(context, `should be at least ${minimum}`),
  minLength: (value, length, _schema, context) =>
    typeof value !== 'string' || value.length >= Number(length)
      ? undefined
      : wrong(context, 'should not be empty'),
  required: (value, names, _schema, context) =>
    !isRecord(value) || !Array.isArray(names)
      ? undefined
      : first(names, (name) =>
          Object.hasOwn(value, String(name)) ? undefined : wrong(context, `should have '${name}'`),
        ),
  properties: (value, properties, _schema, context) =>
    !isRecord(value)
      ? undefined
      : first(Object.entries(asSchema(properties, context.path)), ([name, schema]) =>
          Object.hasOwn(value, name)
            ? check(value[name], asSchema(schema, name), { ...context, path: `${context.path}/${name}` })
            : undefined,
        ),
  additionalProperties: (value, rest, schema, context) => {
    if (!isRecord(value)) return undefined;
    const known = isRecord(schema.properties) ? schema.properties : {};
    const others = Object.keys(value).filter((name) => !Object.hasOwn(known, name));
    return first(others, (name) =>
      rest === false
        ? wrong(context, `should not have '${name}'`)
        : check(value[name], asSchema(rest, name), { ...context, path: `${context.path}/${name}` }),
    );
  },
  items: (value, items, _schema, context) =>
    !Array.isArray(value)
      ? undefined
      : first([...value.keys()], (index) =>
          check(value[index], asSchema(items, 'items'), { ...context, path: `${context.path}/${index}` }),
        ),
};

const check = (value: unknown, schema: Schema, context: Context): Mismatch | undefined =>
  first(Object.entries(schema), ([keyword, argument]) => {
    const apply = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
    if (apply === undefined) throw new TypeError(`Unknown schema keyword '${keyword}' at ${context.path}.`);
    return apply(value, argument, schema, context);
  });

/** The first mismatch in the order of the schema, or undefined where the data conforms. */
export const findMismatch = (value: unknown, schema: unknown): Mismatch | undefined => {
  const root = asSchema(schema, 'the top');
  return check(value, root, { root, path: '' });
};
