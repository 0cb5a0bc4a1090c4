/**
 * One life of a bank at work: what it does is a function of the disk it finds, its environment and `done` alone. So the
 * simulator can say beforehand which disks a kill may leave.
 */
import type { AccountCommand } from '../../../src/designs/bank/account.js';
import { designs } from '../../../src/designs/index.js';
import type { Environment } from '../../../src/environment.js';

/** Enough for several segments, and with them for sealing, index files and dropped checkpoints. */
export const COMMANDS = 80;
/** What a segment holds: little, so that many are begun in a life. */
const SEGMENT_BYTES = 6 * 1024;
const ACCOUNTS = ['ann', 'ben', 'eve'] as const;

/** The `index`th command that the client sends. */
export const commandAt = (index: number): AccountCommand => {
  const account = ACCOUNTS[index % ACCOUNTS.length] ?? 'ann';
  if (index < ACCOUNTS.length) return { type: 'open', account, owner: account.toUpperCase() };
  if (index % 7 === 0) return { type: 'withdraw', account, cents: 1 };
  return { type: 'deposit', account, cents: 100 + index };
};

export const openBank = (env: Environment, directory: string) =>
  designs['checkpointed-feeder'](env, {
    directory,
    segmentBytes: SEGMENT_BYTES,
    post: (letter) => env.fs.appendFile(`${directory}/letters.jsonl`, `${JSON.stringify(letter)}\n`),
  });

/** How one life goes on from what the client knows. */
export interface LifeOptions {
  readonly directory: string;
  /** How many commands were acknowledged in earlier lives. */
  readonly done: number;
  /** The client learns that a command is done, before anything else happens. */
  readonly acknowledge: (index: number) => void;
}

/** Sends what is left of the commands, one after the other, and stops. A command that was in flight is sent again. */
export const live = async (
  env: Environment,
  { directory, done, acknowledge }: LifeOptions,
): Promise<void> => {
  const bank = await openBank(env, directory);
  for (let index = done; index < COMMANDS; index++) {
    await bank.execute(commandAt(index), { commandId: `command-${index}` });
    acknowledge(index);
    // A look at the read model now and then: the feeder is behind, and the next command does not wait for it.
    if (index % 5 === 0) await bank.view(ACCOUNTS[0]);
  }
  await bank.idle();
  await bank.stop();
};
