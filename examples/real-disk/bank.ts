/**
 * A bank on a real directory: the very program that the simulator pulls the plug on, with the real environment.
 *
 *   npx tsx examples/real-disk/bank.ts DIRECTORY          takes deposits, one after the other, until it is killed
 *   npx tsx examples/real-disk/bank.ts DIRECTORY --look   starts, catches up, says what it sees, and stops
 *
 * Kill it as you like (kill -9) and start it again: every acknowledged deposit is in the read model.
 */
import { appendFile, mkdir } from 'node:fs/promises';
import { designs } from '../../src/designs/index.js';
import { realEnvironment } from '../../src/real-environment.js';

const ACCOUNT = 'piggy-bank';

const [directory, mode] = process.argv.slice(2);
if (directory === undefined) throw new Error('say in which directory the bank is');
await mkdir(directory, { recursive: true });

const bank = await designs['checkpointed-feeder'](realEnvironment(), {
  directory,
  segmentBytes: 1024 * 1024,
  post: (letter) => appendFile(`${directory}/letters.jsonl`, `${JSON.stringify(letter)}\n`),
});

/** One line of JSON for each thing that happened, so that a program can read along. */
const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

if (mode === '--look') {
  await bank.idle();
  const { account } = await bank.view(ACCOUNT);
  const models = await bank.readModels();
  const stale = models.filter(({ state, fresh }) => JSON.stringify(state) !== JSON.stringify(fresh));
  say({ cents: account?.cents ?? 0, stale: stale.map(({ name }) => name), costs: bank.costs() });
  await bank.stop();
} else {
  await bank.execute({ type: 'open', account: ACCOUNT, owner: 'Ann' });
  for (;;) {
    await bank.execute({ type: 'deposit', account: ACCOUNT, cents: 1 });
    say({ acknowledged: 1 });
  }
}
