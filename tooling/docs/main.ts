/**
 * `npm run docs`: builds the site of the documentation into `.powercut/site`, or the directory that is given. It opens from file://.
 * Exit code 1 if a link leads nowhere, an export has no docstring, or a document is in no group of the navigation.
 */
import { join, resolve } from 'node:path';
import { ROOT } from '../sources.js';
import { buildSite } from './build-site.js';
import { writeSite } from './write-site.js';

const directory = resolve(process.argv[2] ?? join(ROOT, '.powercut', 'site'));
const began = performance.now();
const { site, faults } = await buildSite();
for (const fault of faults) console.error(fault);
if (faults.length > 0) {
  console.error(`${faults.length === 1 ? 'One fault' : `${faults.length} faults`}: the site is not whole.`);
  process.exitCode = 1;
}
writeSite(site, directory);
const pages = [...site.keys()].filter((path) => path.endsWith('.html')).length;
const bytes = [...site.values()].reduce((sum, content) => sum + Buffer.byteLength(content), 0);
const seconds = ((performance.now() - began) / 1000).toFixed(1);
console.log(`${pages} pages, ${(bytes / 1e6).toFixed(1)} MB, ${seconds} s: ${join(directory, 'index.html')}`);
