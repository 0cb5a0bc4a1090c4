/**
 * `npm run bench [names…]`: measures what `*.bench.ts` in this folder compare, compiled as it is shipped, prints the tables, and writes them all to
 * `reports/out/bench.json`. Each file exports `comparisons`: an async function that returns what it measured.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { arch, cpus, platform } from 'node:os';
import { pathToFileURL } from 'node:url';
import type { Comparison } from './measuring/paired.js';
import { tableOf } from './measuring/table.js';

const FOLDER = new URL('.', import.meta.url);
const OUT = pathToFileURL(`${process.cwd()}/reports/out/`);
const SUFFIX = '.bench.js';

const measure = async (file: string): Promise<readonly Comparison[]> => {
  const { comparisons }: { comparisons?: unknown } = await import(new URL(file, FOLDER).href);
  if (typeof comparisons !== 'function') throw new Error(`bench/${file}: exports no function 'comparisons'`);
  return (await comparisons()) as readonly Comparison[]; // what every file of this folder returns
};

const wanted = process.argv.slice(2);
const all = (await readdir(FOLDER)).filter((name) => name.endsWith(SUFFIX)).sort();
const nameOf = (file: string): string => file.slice(0, -SUFFIX.length);
const unknown = wanted.filter((name) => !all.map(nameOf).includes(name));
const usage = `npm run bench [-- names…], of: ${all.map(nameOf).join(', ')}`;
if (wanted.includes('--help')) {
  console.log(usage);
  process.exit(0);
}
if (unknown.length > 0) {
  console.error(`No benchmark is called ${unknown.join(' or ')}. Usage: ${usage}`);
  process.exit(2);
}
const files = all.filter((name) => wanted.length === 0 || wanted.includes(nameOf(name)));

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
