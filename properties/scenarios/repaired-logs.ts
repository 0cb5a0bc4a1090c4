/**
 * A damaged log is repaired, and the power fails meanwhile. The part that is given up may not be destroyed, and the
 * repair can be run again. When it is done, the log opens with everything that was in front of the damage.
 *
 * Two places of damage. In front of other events of its segment it is recognised by the segment alone. At the
 * segment's end it is only until the next segment and the index file are gone: then it looks like a torn write, which
 * the next opening wipes out without asking.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { DiskModelName, Invariant, SimulatedEnvironment, Suite } from '../../sim/suite/suite.js';
import type { FileSystem } from '../../src/environment.js';
import { syncDirectory } from '../../src/event-store/log/durable-files.js';
import { GIVEN_UP_DIRECTORY, repairLog } from '../../src/event-store/maintenance/repair-log.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import { type DamagedLog, damagedLog } from './damaged-log.js';
import { answered } from './no-rejections.js';

const DATA = '/data';
/** Where the log is laid out, until it is durable and takes its place all at once. */
const UNFINISHED = '/unfinished';

type Repair = 'repair';

interface Life {
  readonly env: SimulatedEnvironment;
}

const bootWith =
  ({ files }: DamagedLog) =>
  async (env: SimulatedEnvironment): Promise<Life> => {
    const { fs } = env;
    if ((await fs.readdir('/')).includes(DATA.slice(1))) {
      // A process that was killed may have left the rename in the page cache only.
      await syncDirectory(fs, '/');
      return { env };
    }
    await fs.mkdir(UNFINISHED, { recursive: true });
    for (const [name, bytes] of files) {
      const handle = await fs.open(`${UNFINISHED}/${name}`, 'w');
      await handle.writeFile(bytes);
      await handle.sync();
      await handle.close();
    }
    await syncDirectory(fs, UNFINISHED);
    await fs.rename(UNFINISHED, DATA);
    await syncDirectory(fs, '/');
    return { env };
  };

/** Directories that hold what was given up: that of the last repair, and those that were moved out of its way. */
const givenUp = async (fs: FileSystem): Promise<readonly string[]> =>
  (await fs.readdir(DATA)).filter((name) => name.startsWith(GIVEN_UP_DIRECTORY)).sort();

/** What a person does, also after a repair that was cut short: no more than a `mv`, and the repair. */
const repair = async ({ env: { fs } }: Life): Promise<null> => {
  const earlier = await givenUp(fs);
  if (earlier.includes(GIVEN_UP_DIRECTORY)) {
    await fs.rename(`${DATA}/${GIVEN_UP_DIRECTORY}`, `${DATA}/${GIVEN_UP_DIRECTORY}-${earlier.length}`);
  }
  await repairLog(fs, DATA);
  return null;
};

const repairedOpens = ({ intact }: DamagedLog): Invariant<Life, Repair> => ({
  name: 'repaired-opens',
  statement:
    'Once a repair was answered the log opens, with every event in front of the damage and none after it.',
  check: async ({ commands }, { env }) => {
    if (!commands.some(({ outcome }) => outcome.status === 'acknowledged')) return undefined;
    const store = await openEventStore(env, DATA);
    const events = (await store.readAll()).map(({ metadata }) => metadata.messageId);
    await store.close();
    return events.join() === intact.join()
      ? undefined
      : `it holds ${events.join(', ') || 'nothing'}, where ${intact.join(', ')} were in front of the damage`;
  },
});

/** Checked after the log was opened: opening it wipes out what looks like a torn write. */
const nothingDestroyed = ({ files }: DamagedLog): Invariant<Life, Repair> => ({
  name: 'nothing-destroyed',
  statement: 'Every file that the damaged log had is there, byte for byte, in it or in what was given up.',
  check: async (_, { env: { fs } }) => {
    const places = [DATA, ...(await givenUp(fs)).map((name) => `${DATA}/${name}`)];
    for (const [name, bytes] of files) {
      let kept = false;
      for (const place of places) {
        if ((await fs.readdir(place)).includes(name))
          kept ||= (await fs.readFile(`${place}/${name}`)).equals(bytes);
      }
      if (!kept) return `no file holds the content that ${name} had before the repair`;
    }
    return undefined;
  },
});

const describe = (): string => 'repair the log';

const repaired = (where: string, log: DamagedLog, disk: DiskModelName = 'posix'): Suite =>
  defineSuite({
    name: `repaired-logs/${where}`,
    disk,
    boot: bootWith(log),
    commands: fc.constant(['repair' as const]),
    perform: repair,
    mustReach: [retriedAfterCrash],
    invariants: [repairedOpens(log), nothingDestroyed(log), answered(describe)],
    describe,
  });

export const repairedLogs: readonly Suite[] = [
  repaired('damage-amid-events', damagedLog(1)),
  repaired('damage-at-the-end', damagedLog(2)),
  // Where names are in order and sizes are late: a copy may be empty although its name is durable.
  repaired('damage-amid-events/ext4-ordered', damagedLog(1), 'ext4-ordered'),
  repaired('damage-at-the-end/ext4-ordered', damagedLog(2), 'ext4-ordered'),
];
