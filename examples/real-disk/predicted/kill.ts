/**
 * Reality: the bank at work in a process of its own, on a real directory, killed with SIGKILL at a random moment. Before
 * each kill, the simulator predicts the disks that it may leave, each with the client's knowledge. The real disk must be
 * one of them. The next life starts from there, and is killed, too, in its recovery or later. At last the bank must
 * start with every acknowledged command.
 *
 *   npm run test:kill                                                       # 240 kills
 *   npx tsx examples/real-disk/predicted/kill.ts [KILLS] [SEED] [DIRECTORY]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { EMPTY_HISTORY } from '../../../sim/suite/history.js';
import { type Stream, stream } from '../../../sim/util/seeded-streams.js';
import { accountStream } from '../../../src/designs/bank/account.js';
import { realEnvironment } from '../../../src/real-environment.js';
import type { ChildOptions } from './child.js';
import { COMMANDS, commandAt, openBank } from './life.js';
import { acknowledgedIn, type Known, type Prediction, predict } from './prediction.js';
import { imageOf } from './real-image.js';

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));
/** A life, one that is killed in or after its recovery, and one more. */
const LIVES_PER_DISK = 3;

/** What came of one life in a process of its own. */
interface Lived {
  readonly acknowledged: number;
  /** False: it was over before the kill. */
  readonly killed: boolean;
  /** From its first call on, in real milliseconds. */
  readonly tookMs: number;
}

/** Lets a child live, and kills it `delayMs` real milliseconds after it has begun. */
const liveAndDie = async (options: ChildOptions, delayMs: number): Promise<Lived> => {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const dead = once(child, 'exit');
  let [acknowledged, isOver, began] = [0, false, performance.now()];
  let timer: NodeJS.Timeout | undefined;
  // What it had said before it died is still read to the end.
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('acknowledged ')) acknowledged++;
    else if (line === 'over') isOver = true;
    else if (line === 'begun') {
      began = performance.now();
      if (Number.isFinite(delayMs)) timer = setTimeout(() => child.kill('SIGKILL'), delayMs);
    }
  }
  const tookMs = performance.now() - began;
  clearTimeout(timer);
  const [code, signal] = await dead;
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(`the life ended by itself, with ${code ?? signal}`);
  return { acknowledged, killed: !isOver, tookMs };
};

/** Starts the bank as a user would, and holds it to what the client knows. @throws Error what is lost */
const recover = async (directory: string, acknowledged: number): Promise<void> => {
  const bank = await openBank(realEnvironment(), directory);
  try {
    await bank.idle();
    for (let index = 0; index < acknowledged; index++) {
      const { events } = await bank.store.readStream(accountStream(commandAt(index).account));
      if (!events.some(({ metadata }) => metadata.messageId === `command-${index}/0`))
        throw new Error(`command ${index} was acknowledged, and its event is gone`);
    }
    for (const { name, state, fresh } of await bank.readModels()) {
      if (JSON.stringify(state) !== JSON.stringify(fresh)) throw new Error(`the read model ${name} is stale`);
    }
  } finally {
    await bank.stop();
  }
};

export interface Kills {
  /** Lives that were killed at work. */
  readonly kills: number;
  /** Of those, in a life that followed another. */
  readonly afterAnother: number;
  /** Different pairs of disk and knowledge that kills left. */
  readonly distinct: number;
  /** How many pairs the simulator calls possible for a first life. */
  readonly legal: number;
  readonly acknowledged: number;
}

/** The disk and the client's knowledge after a life, which must be among those predicted. */
const foundAfter = (prediction: Prediction, directory: string, acknowledged: number): Known => {
  const found = prediction.find(imageOf(directory), acknowledged);
  if (found === undefined)
    throw new Error(
      `${directory} is none of the ${prediction.count} disks that the simulator calls legal, with ${acknowledged} commands acknowledged; it is left as it is`,
    );
  return found;
};

/** Kills `count` lives that are at work, on a disk below `directory`. @throws Error at the first that is not as predicted */
export const killMany = async (count: number, seed: number, directory: string): Promise<Kills> => {
  const draw: Stream = stream(seed, 'schedule');
  const disk = join(directory, 'bank');
  const format = async (): Promise<Known> => {
    await rm(disk, { recursive: true, force: true });
    await mkdir(disk, { recursive: true });
    return { image: imageOf(disk), history: EMPTY_HISTORY };
  };
  const lived = (prediction: Prediction, start: Known, key: string, delayMs: number): Promise<Lived> =>
    liveAndDie({ directory: disk, done: acknowledgedIn(start), key, startMs: prediction.startMs }, delayMs);

  const empty = await format();
  const first = await predict(empty, 'life 1', disk);
  // One that is not killed, to see how long a life takes and that it ends as it does in the simulator.
  const whole = await lived(first, empty, 'life 1', Number.POSITIVE_INFINITY);
  foundAfter(first, disk, whole.acknowledged);

  const states = new Set<Known>();
  let [kills, afterAnother, acknowledged] = [0, 0, 0];
  while (kills < count) {
    let known = await format();
    for (let life = 1; life <= LIVES_PER_DISK && kills < count; life++) {
      const prediction = life === 1 ? first : await predict(known, `life ${life}`, disk);
      const left = (COMMANDS - acknowledgedIn(known)) / COMMANDS;
      const result = await lived(
        prediction,
        known,
        `life ${life}`,
        (draw.uint32() / 2 ** 32) * whole.tookMs * left,
      );
      known = foundAfter(prediction, disk, acknowledgedIn(known) + result.acknowledged);
      acknowledged += result.acknowledged;
      if (!result.killed) break;
      states.add(known);
      kills += 1;
      if (life > 1) afterAnother += 1;
    }
    await recover(disk, acknowledgedIn(known));
  }
  return { kills, afterAnother, distinct: states.size, legal: first.count, acknowledged };
};

const main = async (count: number, seed: number, given: string | undefined): Promise<void> => {
  const directory = given ?? (await mkdtemp(join(tmpdir(), 'powercut-kill-')));
  const beganMs = performance.now();
  const { kills, afterAnother, distinct, legal, acknowledged } = await killMany(count, seed, directory);
  console.log(
    `${kills} kills, ${afterAnother} of them of a life after a kill, in ${Math.round((performance.now() - beganMs) / 1000)} s (seed ${seed}): each left a disk that` +
      ` the model process-kill calls legal (${distinct} different ones; of a first life ${legal} are legal), and the bank` +
      ` came back with every acknowledged command, ${acknowledged} in all.`,
  );
  if (given === undefined) await rm(directory, { recursive: true });
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [kills, seed, directory] = process.argv.slice(2);
  await main(Number(kills ?? 240), Number(seed ?? 1), directory);
}
