/**
 * `npm run test:deep`: the same tests as `npm run test:all` with more of everything, for a release. Every hostile suite, longer
 * workloads to closure, one bug 500 times, more random programs, each crash image of SQLite; and it
 * compares the README's picture with a run. Ends with 1 if one fails; the others still run.
 */
import { runScripts } from './run-scripts.js';

const DEEPER = [
  // The longest first: none of them is left alone in the end.
  'test:hostile',
  'test:closure',
  'docs:picture',
  'test:reference -- --programs 3000',
  'test:differential',
  'test:bug',
  'test:sqlite',
];

if (!(await runScripts(DEEPER, { atOnce: 2, printsAll: true }))) process.exitCode = 1;
