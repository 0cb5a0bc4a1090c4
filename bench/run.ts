/**
 * `npm run bench [names…]`: measures what `*.bench.ts` in this folder compare, compiled as it is shipped, prints the tables, and writes them all to
 * `reports/out/bench.json`. Each file exports `comparisons`: an async function that returns what it measured.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { arch, cpus, platform } from 'node:os';
import { pathToFileURL } from 'node:url';
import type { Comparison } from './paired.js';
import { tableOf } from './table.js';

const FOLDER = new URL('.', import.meta.url);
const OUT = pathToFileURL(`${process.cwd()}/reports/out/`);
const SUFFIX = '.bench.js';

const measure = async (file: string): Promise<readonly Comparison[]> => {
  const { comparisons }: { comparisons?: unknown } = await import(new URL(file, FOLDER).href);
  if (typeof comparisons !== 'function') throw new Error(`bench/${file}: exports no function 'comparisons'`);
  return (await comparisons()) as readonly Comparison[]; // what every file of this folder returns
};

const wanted = process.argv.slice(2);
const files = (await readdir(FOLDER))
  .filter((name) => name.endsWith(SUFFIX))
  .filter((name) => wanted.length === 0 || wanted.includes(name.slice(0, -SUFFIX.length)))
  .sort();
if (files.length === 0) throw new Error(`no benchmark is called ${wanted.join(' or ')}`);

const machine = {
  node: process.version,
  platform: platform(),
  arch: arch(),
  cpu: cpus()[0]?.model,
  cores: cpus().length,
};
console.log(Object.values(machine).join(', '), '\n');
const results: Comparison[] = [];
for (const file of files) {
  for (const comparison of await measure(file)) {
    console.log(tableOf(comparison));
    results.push(comparison);
  }
}
await mkdir(OUT, { recursive: true });
await writeFile(new URL('bench.json', OUT), `${JSON.stringify({ machine, results }, null, 2)}\n`);
