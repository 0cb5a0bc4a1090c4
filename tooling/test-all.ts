/**
 * The second half of `npm run test:all`: what `npm test` leaves out. `test:long` keeps two cores busy. The browser tests wait half of
 * the time, so the others run beside them. Ends with 1 if one fails; the others still run.
 */
import { runScripts } from './run-scripts.js';

const BESIDE_THE_BROWSER = [
  // The longest first: none of them is left alone in the end.
  'test:browser',
  'test:packages',
  'docs:picture',
  'test:reference -- --programs 1000',
  'docs',
];

const isLongRight = await runScripts(['test:long'], { atOnce: 1, printsAll: true });
const areOthersRight = await runScripts(BESIDE_THE_BROWSER, { atOnce: 2, printsAll: true });
if (!isLongRight || !areOthersRight) process.exitCode = 1;
