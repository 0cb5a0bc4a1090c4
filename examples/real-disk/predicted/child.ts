/**
 * One life on a real directory, in a process of its own that will be killed. Time stands still but for its own timers
 * and random numbers are drawn from a key, so that nothing but the kill comes from outside.
 */
import { writeSync } from 'node:fs';
import * as nodeFs from 'node:fs/promises';
import { VirtualClock } from '../../../sim/scheduler/virtual-clock.js';
import { stream, uuid } from '../../../sim/util/seeded-streams.js';
import type { Environment } from '../../../src/environment.js';
import { realEnvironment } from '../../../src/real-environment.js';
import { live } from './life.js';
import { oneAtATime } from './one-at-a-time.js';

const STDOUT = 1;

/** What the parent hands over, as JSON. */
export interface ChildOptions {
  readonly directory: string;
  readonly done: number;
  readonly key: string;
  readonly startMs: number;
}

const turnOfTheEventLoop = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** A clock that stands still while a call is under way, and jumps to the next timer when nothing else is left to do. */
const machine = ({ key, startMs }: ChildOptions) => {
  const clock = new VirtualClock(startMs);
  let underWay: Promise<unknown> | undefined;
  const random = stream(key, 'program');
  const { writeThrough } = realEnvironment();
  const env: Environment = {
    ...(writeThrough === undefined ? {} : { writeThrough }),
    fs: oneAtATime(nodeFs, clock, (call) => {
      underWay = call.catch(() => {}); // the life gets the error
    }),
    clock,
    random: { uint32: random.uint32, uuid: () => uuid(random) },
    mark: () => {},
  };
  const run = async (program: Promise<void>): Promise<void> => {
    let isOver = false;
    void program.finally(() => {
      isOver = true;
    });
    for (;;) {
      await turnOfTheEventLoop();
      if (isOver) return;
      if (underWay !== undefined) {
        await underWay;
        underWay = undefined;
        continue;
      }
      if (!clock.fireNext(Number.POSITIVE_INFINITY))
        throw new Error('nothing is left to do, and the life is not over');
    }
  };
  return { env, run };
};

const main = async (options: ChildOptions): Promise<void> => {
  process.umask(0o022);
  // Synchronous, so that what was acknowledged is in the pipe before the next call to the disk.
  const say = (line: string): void => void writeSync(STDOUT, `${line}\n`);
  const { env, run } = machine(options);
  say('begun');
  const { directory, done } = options;
  await run(live(env, { directory, done, acknowledge: (index) => say(`acknowledged ${index}`) }));
  say('over');
};

const [options] = process.argv.slice(2);
if (options === undefined) throw new Error('say, as JSON, which life this is');
await main(JSON.parse(options) as ChildOptions); // by kill.ts, which types it
