/**
 * `npm run check`: every `check:…` script of package.json, two at a time, in the order in which they stand there. The output of
 * one that fails is printed when it ends. Ends with 1 if one of them fails; the others still run.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runScripts } from './run-scripts.js';
import { ROOT } from './sources.js';

const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
);
const checks = Object.keys(scripts).filter((name) => name.startsWith('check:'));
if (!(await runScripts(checks, { atOnce: 2, printsAll: false }))) process.exitCode = 1;
