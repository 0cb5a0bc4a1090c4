/**
 * A value kept in a state file and replaced again and again. After any power cut it is the last one that was saved, or one
 * saved after it whose save failed or was not answered; never a mixture or nothing at all. Saves fail, once or many
 * times in a row, at the write or at the sync. A read model kept in such a file heals by reading the log again, so no
 * other suite would notice.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type {
  History,
  Invariant,
  Outcome,
  PerformContext,
  SimulatedEnvironment,
} from '../../sim/suite/suite.js';
import { errorCode } from '../../sim/util/errors.js';
import { syncAncestors } from '../../src/event-store/log/durable-files.js';
import { openStateFile, type StateFile } from '../../src/read-models/state-file.js';
import { commandAt } from '../observation/describe-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import { type LyingDisk, lyingDisk } from './lying-disk.js';
import { answered } from './no-rejections.js';

const DIRECTORY = '/data';
const DISKS = ['works', 'fails a sync', 'fails syncs from now on', 'is full', 'is full from now on'] as const;

/** `letters`: few, or enough for the value to take several sectors. */
type Save = { readonly letters: number; readonly disk: (typeof DISKS)[number] };
type Answer = 'saved' | 'failed';
type Value = { readonly index: number; readonly text: string };

interface Life {
  readonly disk: LyingDisk;
  readonly file: StateFile;
  /** What a reader finds now. */
  now: Value | undefined;
}

const boot = async ({ fs }: SimulatedEnvironment): Promise<Life> => {
  await fs.mkdir(DIRECTORY, { recursive: true });
  await syncAncestors(fs, DIRECTORY);
  const disk = lyingDisk(fs);
  const file = await openStateFile(disk.fs, DIRECTORY, 'value');
  return { disk, file, now: file.initial as Value | undefined }; // written by `save`, under a checksum
};

const textOf = ({ letters }: Save, index: number): string => String(index % 10).repeat(letters);

const arrange = ({ disk: lying }: Life, { disk }: Save): void => {
  lying.failSyncs(
    disk === 'fails a sync' ? 1 : disk === 'fails syncs from now on' ? Number.POSITIVE_INFINITY : 0,
  );
  lying.fillUp(disk === 'is full' ? 1 : disk === 'is full from now on' ? Number.POSITIVE_INFINITY : 0);
};

const save = async (life: Life, command: Save, { index }: PerformContext): Promise<Answer> => {
  arrange(life, command);
  const value: Value = { index, text: textOf(command, index) };
  try {
    await life.file.save(value);
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'EIO' && code !== 'ENOSPC') throw error;
    return 'failed';
  }
  life.now = value;
  return 'saved';
};

/** Whether it was answered, and the answer was good. One that failed may still have come as far as the disk. */
const isSaved = ({ status, ...rest }: Outcome): boolean =>
  status === 'acknowledged' && 'result' in rest && rest.result === 'saved';

const lastSave: Invariant<Life, Save> = {
  name: 'last-save',
  statement: 'The value is the last one saved, or one sent after it whose save failed or was not answered.',
  check: ({ commands }: History<Save>, { now }) => {
    const saved = commands.findLast(({ outcome }) => isSaved(outcome))?.index ?? -1;
    if (now === undefined)
      return saved < 0 ? undefined : `nothing is there, though the value of ${commandAt(saved)} was saved`;
    const sent = commands.find(({ index }) => index === now.index);
    if (sent === undefined)
      return `the value of ${commandAt(now.index)} is there, though no command saved it`;
    if (now.index < saved && sent.outcome.status === 'acknowledged') {
      return `the value of ${commandAt(now.index)} is there, though that of ${commandAt(saved)} was saved after it`;
    }
    return now.text === textOf(sent.command, now.index)
      ? undefined
      : `the value of ${commandAt(now.index)} is not as it was saved`;
  },
};

const savesOnceItWorks: Invariant<Life, Save> = {
  name: 'saves-once-it-works',
  statement: 'On a disk that works a save succeeds, whatever failed before.',
  check: ({ commands }: History<Save>) => {
    const failed = commands.find(
      ({ command, outcome }) =>
        command.disk === 'works' && outcome.status === 'acknowledged' && outcome.result === 'failed',
    );
    return failed && `the save of ${commandAt(failed.index)} failed, though the disk worked`;
  },
};

const describe = ({ letters, disk }: Save): string =>
  `save a value of ${letters} letters to a disk that ${disk}`;

export default defineSuite({
  name: 'state-files',
  boot,
  commands: fc.array(fc.record({ letters: fc.constantFrom(10, 1100), disk: fc.constantFrom(...DISKS) }), {
    minLength: 1,
    maxLength: 6,
  }),
  perform: save,
  shutdown: ({ file }) => file.close(),
  mustReach: [retriedAfterCrash],
  invariants: [lastSave, savesOnceItWorks, answered(describe)],
  describe,
});
