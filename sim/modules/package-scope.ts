/** The package that a file belongs to: its nearest package.json, as Node looks for it. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../util/errors.js';

export interface PackageScope {
  readonly directory: string;
  readonly name: string | undefined;
  readonly type: 'module' | 'commonjs' | undefined;
  readonly main: string | undefined;
  readonly exports: unknown;
  readonly imports: unknown;
}

const scopes = new Map<string, PackageScope | undefined>();

const textOrNothing = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The package.json of a directory itself; undefined where there is none. Read once in a process. */
export const packageIn = (directory: string): PackageScope | undefined => {
  if (scopes.has(directory)) return scopes.get(directory);
  let scope: PackageScope | undefined;
  try {
    const json: unknown = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    const { name, type, main, exports, imports } = Object(json) as Readonly<Record<string, unknown>>; // any JSON value has such properties, or none
    scope = {
      directory,
      name: textOrNothing(name),
      type: type === 'module' || type === 'commonjs' ? type : undefined,
      main: textOrNothing(main),
      exports,
      imports,
    };
  } catch (thrown) {
    const code = errorCode(thrown);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw thrown;
  }
  scopes.set(directory, scope);
  return scope;
};

/** The nearest package.json above a file. */
export const packageOf = (filename: string): PackageScope | undefined => {
  for (
    let directory = dirname(filename);
    basename(directory) !== 'node_modules';
    directory = dirname(directory)
  ) {
    const scope = packageIn(directory);
    if (scope !== undefined) return scope;
    if (dirname(directory) === directory) return undefined;
  }
  return undefined;
};
