/**
 * Where a suite is: which of its functions was called last, and with which command. Kept in memory that the watchdog's
 * thread shares, so that it can be read while the suite is in a loop that never ends.
 */
import type { Suite } from '../../sim/suite/suite.js';
import { derivedSuite } from '../../sim/suite/suite-registry.js';

const TEXT_BYTES_MAX = 1_000;
const BEATS = 0;
const LENGTH = 1;
const TEXT_OFFSET = 8;

/** What a worker does before any function of a suite is called. */
export const LOADING = 'loading its file';
export const LOADED = 'exploring';

/** Characters of a command that are shown. */
const COMMAND_CHARACTERS_MAX = 200;

export class Whereabouts {
  private readonly words: Int32Array;
  private readonly text: Buffer;

  constructor(readonly memory = new SharedArrayBuffer(TEXT_OFFSET + TEXT_BYTES_MAX)) {
    this.words = new Int32Array(memory, 0, 2);
    this.text = Buffer.from(memory, TEXT_OFFSET);
  }

  /** Says that the event loop of the suite's thread goes on. */
  beat(): void {
    Atomics.add(this.words, BEATS, 1);
  }

  get beats(): number {
    return Atomics.load(this.words, BEATS);
  }

  /** Notes what the suite is doing, as the end of "It is …". */
  note(doing: string): void {
    Atomics.store(this.words, LENGTH, this.text.write(doing));
  }

  /** What was noted last. Another thread may be writing it: then it is a mixture of two. */
  get doing(): string {
    const length = Math.max(0, Math.min(TEXT_BYTES_MAX, Atomics.load(this.words, LENGTH)));
    return Buffer.from(this.text.subarray(0, length)).toString('utf8');
  }
}

const commandText = (command: unknown): string => {
  const text = JSON.stringify(command) ?? 'a command';
  return text.length > COMMAND_CHARACTERS_MAX ? `${text.slice(0, COMMAND_CHARACTERS_MAX)}…` : text;
};

/** By the suite's own function: a disk is prepared once for each function. */
const notingPrepare = new WeakMap<object, NonNullable<Suite['prepare']>>();

const preparing = (
  prepare: NonNullable<Suite['prepare']>,
  where: Whereabouts,
): NonNullable<Suite['prepare']> => {
  const known = notingPrepare.get(prepare);
  if (known !== undefined) return known;
  const noted: typeof prepare = (env) => {
    where.note('preparing its disk');
    return prepare(env);
  };
  notingPrepare.set(prepare, noted);
  return noted;
};

/** The suite with each of its functions noting that it is called. Two clients at once: the one that began last. */
export const noting = (suite: Suite, where: Whereabouts): Suite => {
  const { prepare, settle } = suite;
  return derivedSuite(suite, {
    ...(prepare === undefined ? {} : { prepare: preparing(prepare, where) }),
    boot: (env) => {
      where.note('booting');
      return suite.boot(env);
    },
    perform: (system, command, attempt) => {
      where.note(`performing ${commandText(command)}`);
      return suite.perform(system, command, attempt);
    },
    ...(settle === undefined
      ? {}
      : {
          settle: (system: unknown) => {
            where.note('settling');
            return settle(system);
          },
        }),
    invariants: suite.invariants.map((invariant) => ({
      ...invariant,
      check: (history, system, moment) => {
        where.note(`checking '${invariant.name}'`);
        return invariant.check(history, system, moment);
      },
    })),
  });
};
