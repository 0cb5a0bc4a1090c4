/** The recipes of the package, and the action in its repository, as what they are: YAML and calls of `powercut`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { ROOT } from '../sources.js';

export interface Recipe {
  /** From the root of the project. */
  readonly path: string;
  readonly text: string;
}

/** In order of path: each file below recipes/, and action.yml. */
export const readRecipes = (): readonly Recipe[] =>
  [
    'action.yml',
    ...readdirSync(join(ROOT, 'recipes'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(ROOT.length + 1)),
  ]
    .sort()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

export const recipe = (path: string): Recipe => ({ path, text: readFileSync(join(ROOT, path), 'utf8') });

export const isYaml = ({ path }: Recipe): boolean => /\.ya?ml$/.test(path);

/** The documents of a YAML file. @throws Error where it is not YAML, or has a warning */
export const documentsOf = ({ path, text }: Recipe): readonly unknown[] => {
  const documents = parseAllDocuments(text, { prettyErrors: true, strict: true, uniqueKeys: true });
  if (!Array.isArray(documents) || documents.length === 0) throw new Error(`${path} has no document.`);
  for (const { errors, warnings } of documents) {
    const [wrong] = [...errors, ...warnings];
    if (wrong !== undefined) throw new Error(`${path}: ${wrong.message}`);
  }
  return documents.map((document): unknown => document.toJS({ maxAliasCount: 20 }));
};

/** The value at a path of keys and indices; undefined where there is none. */
export const at = (value: unknown, ...keys: readonly (string | number)[]): unknown =>
  keys.reduce<unknown>((inner, key) => Reflect.get(Object(inner), key), value);

/** Every value in a document, with the key that leads to it. */
export const valuesIn = (value: unknown, key = ''): readonly (readonly [string, unknown])[] => {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [[key, value], ...inner.flatMap(([name, one]) => valuesIn(one, Array.isArray(value) ? key : name))];
};

/** How recipes call the command: from a shell, in comments and scripts. The group is a part of the words. */
const CALLS = [
  /npx (?:--no -- )?powercut ([^\n]*)/g,
  /dist\/cli\/main\.js ([^\n]*)/g,
  /docker run --rm powercut-project ([^\n]*)/g,
  /docker compose run --rm (campaign [^\n]*)/g,
];

const COMMANDS = ['campaign', 'history', 'report', 'run', 'worker'];

const isText = (value: unknown): value is string => typeof value === 'string';

/** Words of a shell command, as far as recipes need it: options never have spaces in them. */
const shellWords = (line: string): readonly string[] =>
  line
    .replace(/\s+(?:#|&&|>|&$).*$/, '')
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '\\');

/** The words after `powercut` of each call in a recipe. */
export const callsIn = (one: Recipe): readonly (readonly string[])[] => {
  const lines = one.text.replaceAll(/\s*\\\n#?\s*/g, ' ');
  const inShell = CALLS.flatMap((pattern) =>
    [...lines.matchAll(pattern)].map(([, words = '']) => shellWords(words)),
  );
  const inLists = (isYaml(one) ? documentsOf(one) : [])
    .flatMap((document) => valuesIn(document))
    .flatMap(([key, value]) => {
      const isCall =
        (key === 'args' || key === 'command') && Array.isArray(value) && COMMANDS.includes(value[0]);
      return isCall && value.every(isText) ? [value] : [];
    });
  // The words of the action come from its inputs.
  return [...inShell, ...inLists].filter(([first = '']) => COMMANDS.includes(first));
};
