/**
 * A value kept in a state file and replaced again and again: after any power cut it is the last one that was saved, or
 * one that was being saved, and never a mixture or nothing at all. Whoever keeps a read model in one heals by
 * reading the log again, so nothing else would tell.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { History, Invariant, PerformContext, SimulatedEnvironment } from '../../sim/suite/suite.js';
import { syncAncestors } from '../../src/event-store/log/durable-files.js';
import { openStateFile, type StateFile } from '../../src/read-models/state-file.js';
import { commandAt } from '../observation/describe-events.js';
import { answered } from './no-rejections.js';

const DIRECTORY = '/data';

/** `letters`: so many that the value takes several sectors, or few. */
type Save = { readonly letters: number };
type Value = { readonly index: number; readonly text: string };

interface Life {
  readonly file: StateFile;
  /** What a reader finds now. */
  now: Value | undefined;
}

const boot = async ({ fs }: SimulatedEnvironment): Promise<Life> => {
  await fs.mkdir(DIRECTORY, { recursive: true });
  await syncAncestors(fs, DIRECTORY);
  const file = await openStateFile(fs, DIRECTORY, 'value');
  return { file, now: file.initial as unknown as Value | undefined }; // written by `save`, under a checksum
};

const textOf = ({ letters }: Save, index: number): string => String(index % 10).repeat(letters);

const save = async (life: Life, command: Save, { index }: PerformContext): Promise<void> => {
  const value: Value = { index, text: textOf(command, index) };
  await life.file.save(value);
  life.now = value;
};

const lastSave: Invariant<Life, Save> = {
  name: 'last-save',
  statement: 'The value is the last one saved, or one that was being saved when the power failed.',
  check: ({ commands }: History<Save>, { now }) => {
    const saved = commands.findLast(({ outcome }) => outcome.status === 'acknowledged')?.index ?? -1;
    if (now === undefined)
      return saved < 0 ? undefined : `nothing is there, though the value of ${commandAt(saved)} was saved`;
    const sent = commands.find(({ index }) => index === now.index);
    if (sent === undefined) return `the value of ${commandAt(now.index)} is there, which nobody saved`;
    if (now.index < saved && sent.outcome.status === 'acknowledged') {
      return `the value of ${commandAt(now.index)} is there, though that of ${commandAt(saved)} was saved after it`;
    }
    return now.text === textOf(sent.command, now.index)
      ? undefined
      : `the value of ${commandAt(now.index)} is not as it was saved`;
  },
};

const describe = ({ letters }: Save): string => `save a value of ${letters} letters`;

export default defineSuite<Life, Save>({
  name: 'state-files',
  boot,
  commands: fc.array(fc.record({ letters: fc.constantFrom(10, 1100) }), { minLength: 1, maxLength: 6 }),
  perform: save,
  shutdown: ({ file }) => file.close(),
  invariants: [lastSave, answered(describe)],
  describe,
});
