/**
 * The one check of what JSON can hold. It reads each part once, into a copy: a getter, a proxy or a `toJSON` can't show one value
 * to the check and another to whatever uses the copy.
 */

/** The first part of a value that JSON can't hold. */
export class NotJson {
  constructor(
    /** Like `[3].amount`; '' for the value itself. It is put together on the way out, so a sound value costs nothing. */
    readonly path: string,
    /** In words: 'a Date', 'NaN', 'undefined'. */
    readonly what: string,
  ) {}

  /** The same, seen from the value that has this part at `step`. */
  inside(step: string): NotJson {
    return new NotJson(`${step}${this.path}`, this.what);
  }
}

/** Its path would have as many steps as levels, so it is about the whole value. */
class TooDeep extends NotJson {
  constructor(depthMax: number) {
    super('', `nested deeper than ${depthMax} levels, or contains itself`);
  }

  override inside(): NotJson {
    return this;
  }
}

export interface JsonRules {
  /** Levels of nesting. Deeper than any honest document, and shallow enough that no parser's stack overflows on it. */
  readonly depthMax: number;
  /** Numbers beside JSON's that pass. */
  readonly allowed: readonly ('-0' | 'bigint')[];
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Objects of another realm (a vm context) are plain too: their prototype is one without a prototype.
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
};

const classOf = (value: object): string => {
  const made: unknown = Reflect.get(value, 'constructor');
  const name: unknown = typeof made === 'function' ? made.name : undefined;
  return typeof name === 'string' && name !== '' ? `a ${name}` : 'an instance of a class';
};

/** Hides a `toJSON` that somebody gave to all objects or all arrays of this process. */
const withoutToJson = <Copy extends object>(copy: Copy): Copy =>
  'toJSON' in Array.prototype && !Object.hasOwn(copy, 'toJSON')
    ? Object.defineProperty(copy, 'toJSON', { value: undefined })
    : copy;

const copyOfArray = (value: readonly unknown[], rules: JsonRules, depth: number): unknown => {
  const copy: unknown[] = [];
  const { length } = value;
  for (let index = 0; index < length; index++) {
    const part = copyOf(value[index], rules, depth);
    if (part instanceof NotJson) return part.inside(`[${index}]`);
    copy.push(part);
  }
  return withoutToJson(copy);
};

const copyOfObject = (value: object, rules: JsonRules, depth: number): unknown => {
  if (depth > rules.depthMax) return new TooDeep(rules.depthMax);
  if (Array.isArray(value)) return copyOfArray(value, rules, depth);
  if (!isPlain(value)) return new NotJson('', classOf(value));
  const fields = value as Readonly<Record<string, unknown>>; // what any object is
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const part = copyOf(fields[key], rules, depth);
    if (part instanceof NotJson) return part.inside(`.${key}`);
    // Assigned, `__proto__` would become the copy's prototype, and a frozen prototype would refuse all of its names.
    if (key in Object.prototype) Object.defineProperty(copy, key, { value: part, enumerable: true });
    else copy[key] = part;
  }
  for (const symbol of Object.getOwnPropertySymbols(value))
    if (Object.prototype.propertyIsEnumerable.call(value, symbol))
      return new NotJson(`[${String(symbol)}]`, 'under a symbol');
  return withoutToJson(copy);
};

const copyOf = (value: unknown, rules: JsonRules, depth: number): unknown => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Object.is(value, -0) && !rules.allowed.includes('-0')) return new NotJson('', '-0');
      return Number.isFinite(value) ? value : new NotJson('', String(value));
    case 'bigint':
      return rules.allowed.includes('bigint') ? value : new NotJson('', 'a bigint');
    case 'object':
      return value === null ? null : copyOfObject(value, rules, depth + 1);
    case 'undefined':
      return new NotJson('', 'undefined');
    default:
      return new NotJson('', `a ${typeof value}`);
  }
};

/** A copy of `value` with nothing that `rules` forbid, or its first part that they do. O(size). Throws what its getters throw. */
export const copyAsJson = (value: unknown, rules: JsonRules): unknown => copyOf(value, rules, 0);
