/**
 * The second half of `npm run test:all`: what `npm test` leaves out. `test:long` keeps two cores busy. The browser tests use one, so
 * the others run beside them. Ends with 1 if one fails; the others still run.
 */
import { runScripts } from './run-scripts.js';

const BESIDE_THE_BROWSER = [
  'test:browser',
  'docs',
  'docs:picture',
  'test:hostile',
  'test:reference -- --programs 3000',
  'test:differential',
  'test:sqlite',
  'test:closure',
  'test:packages',
];

const isLongRight = await runScripts(['test:long'], { atOnce: 1, printsAll: true });
const areOthersRight = await runScripts(BESIDE_THE_BROWSER, { atOnce: 2, printsAll: true });
if (!isLongRight || !areOthersRight) process.exitCode = 1;
