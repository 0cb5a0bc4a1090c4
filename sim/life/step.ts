/** A step: one call from the program into the world, as it is recorded. */
import type { FaultKind } from '../suite/fault-plan.js';
import type { Origin } from './call-sites/origins.js';

export interface Step {
  readonly operation: string;
  /** Of the end of the process: how it ends, in words. */
  readonly path: string;
  readonly offset: number;
  readonly length: number;
  /** A count, or the code of the error it failed with. */
  readonly result: number | string;
  /** Simulated milliseconds since the life began. */
  readonly timeMs: number;
  /** Its journal entries are those from `entriesStart` up to `entriesEnd`. */
  readonly entriesStart: number;
  readonly entriesEnd: number;
  /** Where the program made the call: 'file:line'. Undefined unless the life records sites. */
  readonly site: string | undefined;
  /** Call sites further out on the stack, each in another file, innermost first. */
  readonly askedBy: readonly string[];
  /** The functions of the program that made the call, innermost first, as 'file#name'; empty as `site` is. */
  readonly functions: readonly string[];
  /** The asynchronous call chain that led to the call, innermost first; empty unless origins are followed. */
  readonly through: Origin;
  /** What a planned fault made of it. */
  readonly fault: FaultKind | undefined;
}

const FAULTS: Readonly<Record<FaultKind, string>> = {
  'error-before': 'it did nothing',
  'error-after': 'it took effect',
  'failed-sync': 'the data is lost, and a second fsync succeeds',
  'short-read': 'only half of it came',
  'short-write': 'only half of it was taken',
  'bit-rot': 'a bit of it has changed on the disk',
  'misdirected-write': 'it went to the neighbouring sector of the disk',
  'lost-write': 'it never reached the disk',
  delay: 'it took long',
};

const MAX_SHOWN = 96;

const shortened = (text: string): string => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);

const bytes = (count: number): string => `${count} B`;

type Told = Pick<
  Step,
  'operation' | 'path' | 'offset' | 'length' | 'result' | 'entriesStart' | 'entriesEnd'
> &
  Partial<Pick<Step, 'fault'>>;

type Entries = readonly { readonly kind: string; readonly isDirectory?: boolean }[];

/** Whether a write ended in a sync of its own, as one through a descriptor with O_DSYNC does. */
const wentThrough = ({ operation, entriesStart, entriesEnd }: Told, entries: Entries): boolean =>
  operation === 'write' && entriesEnd > entriesStart && entries[entriesEnd - 1]?.kind === 'sync';

/** What a call that changed nothing but what is durable made so: only the sync of a directory says what it is of. */
const ofDirectory = ({ entriesEnd }: Told, entries: Entries): boolean => {
  const last = entries[entriesEnd - 1];
  return last?.kind === 'sync' && last.isDirectory === true;
};

/** Opening may make a file, or empty it. */
const opened = ({ entriesStart, entriesEnd }: Told, entries: Entries): string => {
  const kinds = entries.slice(entriesStart, entriesEnd).map(({ kind }) => kind);
  if (kinds.includes('entries')) return 'create';
  return kinds.includes('size') ? 'open and empty' : 'open';
};

/** A step in words: 'write 182 B to /data/00000001.log at 16'. `entries` are those of its life's journal. */
export const describeStep = (step: Told, entries: Entries): string => {
  const { operation, path, offset, length, result, fault } = step;
  const planned = fault === undefined ? '' : ` (FAULT: ${FAULTS[fault]})`;
  const failed = (typeof result === 'string' ? ` (failed: ${result})` : '') + planned;
  switch (operation) {
    case 'read':
      return `read ${bytes(typeof result === 'number' ? result : length)} of ${path} at ${offset}${failed}`;
    case 'write':
      return `write ${bytes(length)} to ${path} at ${offset}${wentThrough(step, entries) ? ', through to the disk' : ''}${failed}`;
    case 'ftruncate':
      return `set the size of ${path} to ${bytes(offset)}${failed}`;
    case 'open':
      return `${opened(step, entries)} ${path}${failed}`;
    case 'fsync':
    case 'fdatasync':
      return `${operation} ${ofDirectory(step, entries) ? 'the directory ' : ''}${path}${failed}`;
    case 'send':
      return `the client sends: ${shortened(path)}`;
    case 'acknowledge':
      return `the client gets the answer "done": ${shortened(path)}`;
    case 'reject':
      return `the client gets the answer "refused": ${shortened(path)}`;
    case 'outside':
      return `seen outside: ${shortened(path)}`;
    case 'end':
      return `the process ${shortened(path)}`;
    case 'observe':
      return path;
    default:
      return `${operation} ${path}${failed}`;
  }
};
