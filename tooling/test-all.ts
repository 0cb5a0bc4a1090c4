/**
 * The second half of `npm run test:all`: what `npm test` leaves out. `test:long` keeps two cores busy. The browser tests and
 * those of packages wait half of the time, so they and the others run side by side. Ends with 1 if one fails; the others still run.
 */
import { runScripts } from './run-scripts.js';

const SIDE_BY_SIDE = [
  // The longest first: none of them is left alone in the end.
  'test:browser',
  'test:packages',
  'test:reference -- --programs 1000',
];

const isLongRight = await runScripts(['test:long'], { atOnce: 1, printsAll: true });
const areOthersRight = await runScripts(SIDE_BY_SIDE, { atOnce: 3, printsAll: true });
if (!isLongRight || !areOthersRight) process.exitCode = 1;
