/**
 * The promises of a package that writes files, for the suites of this folder: a note replaces the one before. A reader
 * sees a whole note, and after an acknowledgement no older one.
 */
import { readFile } from 'node:fs/promises';
import { fc, type History, type Invariant } from 'powercut';

export type Write = { readonly type: 'write'; readonly text: string };

export interface Notes {
  write(text: string): Promise<unknown>;
}

export const NOTE_FILE = '/note.txt';

/** Longer than a sector, so that it can tear. */
const BODY = ' is what I have to remember.\n'.repeat(24);

export const writes: fc.Arbitrary<readonly Write[]> = fc
  .integer({ min: 1, max: 3 })
  .map((count) =>
    Array.from({ length: count }, (_, index) => ({ type: 'write', text: `${index + 1}${BODY}` })),
  );

/** What is there now; undefined when there is no note. */
const read = async (): Promise<string | undefined> => {
  try {
    return await readFile(NOTE_FILE, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};

const lastAcknowledged = (history: History<Write>): number =>
  history.commands.findLastIndex(({ outcome }) => outcome.status === 'acknowledged');

const shown = (text: string): string =>
  text === '' ? 'empty' : `${text.length} characters that begin with ${JSON.stringify(text.slice(0, 12))}`;

export const isWhole: Invariant<Notes, Write> = {
  name: 'whole',
  statement: 'The file holds a note exactly as it was written, or does not exist.',
  check: async (history) => {
    const text = await read();
    if (text === undefined || history.commands.some(({ command }) => command.text === text)) return undefined;
    return `the file is ${shown(text)}`;
  },
};

export const isLatest: Invariant<Notes, Write> = {
  name: 'latest',
  statement: 'No note older than the last acknowledged one is read.',
  check: async (history) => {
    const last = lastAcknowledged(history);
    if (last < 0) return undefined;
    const text = await read();
    const found = history.commands.findIndex(({ command }) => command.text === text);
    if (found >= last) return undefined;
    const instead =
      text === undefined
        ? 'there is none'
        : found < 0
          ? `it is ${shown(text)}`
          : `note ${found + 1} is there`;
    return `note ${last + 1} was acknowledged, and ${instead}`;
  },
};

export const describeWrite = ({ text }: Write): string => `write note ${text.slice(0, 1)}`;
