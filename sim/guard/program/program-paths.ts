/** Which paths are of the program itself: below a package that is installed, or where its suite says that it reads. */
import fs from 'node:fs';
import { resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)(?:\/|$)/;

/** The real one: asked as the host. */
const { existsSync } = fs;

/** By directory, whether a package lies there: installed once and for all, as far as a process is concerned. */
const installed = new Map<string, boolean>();

const isInstalled = (directory: string): boolean => {
  const known = installed.get(directory) ?? existsSync(directory);
  installed.set(directory, known);
  return known;
};

/** The absolute path that an argument of `node:fs` means, where it is absolute; a life's relative ones are its own disk's. */
const absolute = (path: unknown): string | undefined => {
  const text = path instanceof URL ? fileURLToPath(path) : Buffer.isBuffer(path) ? path.toString() : path;
  return typeof text === 'string' && text.startsWith('/') ? resolve(text) : undefined;
};

/** Directories and files that a suite names: paths from where the process was started, or URLs. */
export const absoluteReads = (reads: readonly (string | URL)[]): readonly string[] =>
  reads.map((path) => (path instanceof URL ? fileURLToPath(path) : resolve(path)).replace(/\/$/, ''));

/** The path, where it is of the program. To be called as the host. */
export const programPath = (path: unknown, reads: readonly string[]): string | undefined => {
  const whole = absolute(path);
  if (whole === undefined) return undefined;
  if (reads.some((own) => whole === own || whole.startsWith(own + sep))) return whole;
  const [, directory] = PACKAGE.exec(whole) ?? [];
  return directory !== undefined && isInstalled(directory) ? whole : undefined;
};
