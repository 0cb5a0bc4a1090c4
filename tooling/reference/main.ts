/**
 * `npm run test:reference`: holds the images that the explorer goes through against the brute-force reference of the crash
 * model, over random programs and all disk models. Ends with 1 where they differ.
 *
 *     npm run test:reference -- --programs 10000 --seed 1
 */
import { DISK_MODELS } from '../../sim/disk/crash-model/disk-models.js';
import { compareMany } from '../../sim/testing/compare-reference.js';
import { commandOf, wholeNumber } from '../command.js';

const BATCH = 100;

const command = commandOf(
  'test:reference',
  'Compares the explored crash images with a brute-force reference over random programs.',
)
  .option('--programs <n>', 'programs to compare', wholeNumber(1), 10_000)
  .option('--seed <n>', 'random seed', wholeNumber(), 1)
  .parse();
const { programs, seed } = command.opts<{ programs: number; seed: number }>();
const names = Object.keys(DISK_MODELS);

let compared = 0;
let differing = 0;
for (let done = 0; done < programs; done += BATCH) {
  const count = Math.min(BATCH, programs - done);
  const result = compareMany(names, count, seed + done);
  compared += result.compared;
  differing += result.differences.length;
  for (const difference of result.differences) console.log(difference);
  console.log(`${done + count} of ${programs} programs, ${compared} comparisons, ${differing} differences`);
}
process.exitCode = differing === 0 ? 0 : 1;
