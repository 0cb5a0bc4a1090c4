/**
 * What the suites for packages that save a text in a file have in common: the client saves one version after the
 * other, and two things must hold that are asked apart, as a package may well keep the one and not the other.
 */
import { type Attempted, fc, type Invariant } from '../exports/index.js';

/** The file that every package here is asked to save. */
export const FILE = '/notes/note.txt';

/** Save the next version of the text, this long. Its content follows from its place in the workload. */
export interface Save {
  readonly type: 'save';
  readonly bytes: number;
}

/** A package under test, as the invariants see it. */
export interface TextFile {
  save(text: string): Promise<void>;
  /** What the file holds now; undefined when there is none. */
  read(): Promise<string | undefined>;
}

/** One version that fits a sector of the disk, and one that a power cut can tear. */
export const saves = fc.array(
  fc.record<Save>({ type: fc.constant('save'), bytes: fc.constantFrom(20, 1200) }),
  { minLength: 1, maxLength: 3 },
);

export const describeSave = ({ bytes }: Save): string => `save the next version, of ${bytes} bytes`;

/** The whole text of the version that is saved by the command at `index`. */
export const textOf = (index: number, { bytes }: Save): string =>
  `version ${index + 1}, `.repeat(Math.ceil(bytes / 11)).slice(0, bytes);

const versionIn = (
  text: string | undefined,
  commands: readonly Attempted<Save>[],
): Attempted<Save> | undefined => commands.find(({ index, command }) => textOf(index, command) === text);

const described = (text: string): string =>
  text === ''
    ? 'an empty file'
    : `${text.length} bytes that are no version: ${JSON.stringify(text.slice(0, 30))}…`;

/** The file is a version as it was saved, from its first byte to its last, or was never made. */
export const neverTorn: Invariant<TextFile, Save> = {
  name: 'never torn',
  statement: 'The file holds one version whole, or is not there at all.',
  check: async ({ commands }, file) => {
    const text = await file.read();
    if (text === undefined || versionIn(text, commands) !== undefined) return undefined;
    return `The file is ${described(text)}.`;
  },
};

/** What was acknowledged is not undone. A torn file is the other invariant's affair. */
export const acknowledgedSavesSurvive: Invariant<TextFile, Save> = {
  name: 'acknowledged saves survive',
  statement: 'The file is never older than the last version that was acknowledged.',
  check: async ({ commands }, file) => {
    const acknowledged = commands.filter(({ outcome }) => outcome.status === 'acknowledged').at(-1);
    if (acknowledged === undefined) return undefined;
    const text = await file.read();
    const found = versionIn(text, commands);
    if (text !== undefined && found === undefined) return undefined;
    if (found !== undefined && found.index >= acknowledged.index) return undefined;
    const what = found === undefined ? 'the file is not there' : `the file holds version ${found.index + 1}`;
    return `Version ${acknowledged.index + 1} was acknowledged, and ${what}.`;
  },
};
