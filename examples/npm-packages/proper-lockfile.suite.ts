/**
 * `proper-lockfile` 4: a lock is a directory (lib/lockfile.js:29) whose time is kept current. The lock of a dead process
 * is stale after ten seconds, and taken over (lib/lockfile.js:67). So no process waits longer, and the counter that a lock guards
 * is right after any crash. The counter is this suite's own, and durable.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { defineSuite, fc, type Invariant } from 'powercut';
import { onSimulatedDisk } from 'powercut/node-fs';
import { load } from './kept.js';

type Enter = { readonly type: 'enter' };

interface Room {
  enter(): Promise<number>;
  entered(): number;
}

interface Lockfile {
  lock(path: string, options: object): Promise<() => Promise<void>>;
}

const COUNTER = '/room/counter';
/** A lock that no process keeps current is stale after 10 s, so this is longer than any process has to wait. */
const RETRIES = { retries: 15, factor: 1, minTimeout: 1000 };

const write = async (count: number): Promise<void> => {
  const file = await open(`${COUNTER}.new`, 'w');
  await file.writeFile(String(count));
  await file.sync();
  await file.close();
  await rename(`${COUNTER}.new`, COUNTER);
  await syncDirectory('/room');
};

const syncDirectory = async (path: string): Promise<void> => {
  const directory = await open(path, 'r');
  await directory.sync();
  await directory.close();
};

/** Creates the empty room, if there is none yet. */
const furnish = async (): Promise<void> => {
  if (existsSync(COUNTER)) return;
  await mkdir('/room', { recursive: true });
  await syncDirectory('/');
  await write(0);
};

const countsEach: Invariant<Room, Enter> = {
  name: 'counted',
  statement: 'The counter is at least the number of acknowledged entries, and at most that of all.',
  check: ({ commands }, room) => {
    const acknowledged = commands.filter(({ outcome }) => outcome.status === 'acknowledged').length;
    const count = room.entered();
    if (count >= acknowledged && count <= commands.length) return undefined;
    return `${acknowledged} entries were acknowledged, and the counter is ${count}`;
  },
};

const isNeverRefused: Invariant<Room, Enter> = {
  name: 'available',
  statement: 'A lock that a crash left is given up in time.',
  check: ({ commands }) =>
    commands.flatMap(({ outcome }) => (outcome.status === 'rejected' ? [outcome.error.message] : []))[0],
};

export default defineSuite({
  name: 'proper-lockfile',
  boot: onSimulatedDisk(async (): Promise<Room> => {
    await furnish();
    const { lock } = load('proper-lockfile') as Lockfile; // what it exports
    const entered = (): number => Number(readFileSync(COUNTER, 'utf8'));
    const enter = async (): Promise<number> => {
      const release = await lock(COUNTER, { retries: RETRIES });
      try {
        const count = entered() + 1;
        await write(count);
        return count;
      } finally {
        await release();
      }
    };
    return { enter, entered };
  }),
  commands: fc.array(fc.constant<Enter>({ type: 'enter' }), { minLength: 1, maxLength: 2 }),
  perform: (room) => room.enter(),
  // A client without an answer does not enter again: a second entry would count twice.
  unknown: 'abandon',
  invariants: [countsEach, isNeverRefused],
  describe: () => 'enter',
  expected: 'safe',
});
