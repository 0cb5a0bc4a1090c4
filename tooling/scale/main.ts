/** `npm run scale`: the cost model of docs/scale.md, with what this machine measures, and a simulation with the real partitioner. */
import { measureCosts } from './measure.js';
import { partition, schedule } from './simulate.js';

const SLICE_STATES = 4096;
/** Units that one machine hands out a second: `npm run test:campaign -- --only 'hands out'` measures it. */
const UNITS_PER_SECOND = Number(process.env.POWERCUT_UNITS_PER_SECOND ?? 1000);
/** A graph of 10^9 states: sizes of its generations. */
const GENERATIONS = [1e4, 1e6, 3e7, 5e8, 4e8, 6e7, 9e6];
const CORES = [1, 8, 64, 256, 1000, 4000];
const PARTITIONED = 1_000_000;

const costs = await measureCosts();
const { states, found, exploreMs, mergeMs, sealMs, readMs, checkMs, bytesOut, bytesBack } = costs;
const µs = (ms: number): string => `${(1000 * ms).toFixed(1)} µs`;
console.log(`Measured on ${states} states that led to ${found}, on one core:`);
console.log(`  explore a state        ${exploreMs.toFixed(3)} ms`);
console.log(`  take in a found state  ${µs(mergeMs)}`);
console.log(`  seal, read, check      ${[sealMs, readMs, checkMs].map(µs).join(', ')} a state`);
console.log(`  bytes out and back     ${bytesOut.toFixed(0)} and ${bytesBack.toFixed(0)} a state`);

const { slices, mean, least, most } = partition(PARTITIONED);
console.log(
  `\nThe partitioner on ${PARTITIONED.toLocaleString('en')} keys: ${slices} slices of ${least} to ${most} states, mean ${mean.toFixed(0)}`,
);

const total = GENERATIONS.reduce((sum, size) => sum + size, 0);
console.log(
  `\n${total.toExponential(0)} states in ${GENERATIONS.length} generations, ${UNITS_PER_SECOND} units handed out a second:`,
);
console.log('   cores     explored in   efficiency   putting together, one machine');
/** What the starting machine does for each state that is explored: it takes in all states that this one led to. */
const startingMs = (mergeMs * found) / states + readMs + checkMs;
const together = (total * startingMs) / 1000;
const limit = exploreMs / startingMs;
for (const cores of CORES) {
  const ofSlices = { exploreMs, handOutMs: 1000 / UNITS_PER_SECOND, sliceStates: SLICE_STATES };
  const { seconds, efficiency } = schedule(GENERATIONS, cores, ofSlices);
  const hours = (value: number): string => `${(value / 3600).toFixed(2)} h`;
  console.log(
    `${String(cores).padStart(8)}  ${hours(seconds).padStart(14)}  ${(100 * efficiency).toFixed(1).padStart(9)} %  ${hours(together).padStart(30)}`,
  );
}
console.log(`\nThe starting machine is the limit at ${limit.toFixed(0)} cores.`);
console.log(`Bytes over the network: ${((total * (bytesOut + bytesBack)) / 1e12).toFixed(1)} TB.`);
