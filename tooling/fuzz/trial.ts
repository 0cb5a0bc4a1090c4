/**
 * One mutated log put to the store, and the verdict. Whatever was done to the files:
 *
 * - opening and reading ends, in order or with a `CorruptLogError` that names a file of the log and a place in it;
 * - what is read is the log as it was, cut off somewhere; and not before the first byte that was changed;
 * - both ways through every stream give the same events as the log itself;
 * - a store that opened and can be read goes on: an append is there after the next opening, behind all the rest;
 * - `verify` calls sound exactly what can be opened and read to its end, `dump` gives all in front of the first changed
 *   byte, and `repair` leaves a log that opens, with as much.
 *
 * A forgery is a lie under a valid checksum. After one in a segment, the store may believe everything from there on. It never
 * believes one in an index file: all of the above holds as if the file were torn. Nor one in the state file of a read
 * model: the model reaches the state of the log, or is refused with a typed error.
 */
import { Buffer } from 'node:buffer';
import {
  CorruptLogError,
  type EventStore,
  examineLog,
  openEventStore,
  type RecordedEvent,
  repairLog,
} from '../../src/event-store/index.js';
import { openReadModel } from '../../src/read-models/index.js';
import { DIRECTORY, type Files, machineWith, type SoundLog, textOf } from './corpus.js';
import { type OpenModel, wrongModel } from './models.js';
import type { Mutated } from './mutations.js';

export const OUTCOMES = [
  'whole: opened, nothing was lost',
  'cut: opened with the log up to the damage, or further',
  'refused: a typed error at opening',
  'refused: a typed error at reading',
  'WRONG',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Verdict {
  readonly outcome: Outcome;
  /** What is wrong, in a sentence. */
  readonly wrong?: string;
}

/** The store under test: replaced in tests by worse ones. */
export interface Tested {
  readonly open: typeof openEventStore;
  readonly examine: typeof examineLog;
  readonly repair: typeof repairLog;
  readonly openModel: OpenModel;
}

const SHIPPED: Tested = {
  open: openEventStore,
  examine: examineLog,
  repair: repairLog,
  openModel: openReadModel,
};

const placesOf = (events: readonly RecordedEvent[]): string =>
  events.map(({ metadata }) => metadata.globalPosition).join();

type Machine = ReturnType<typeof machineWith>;

class Wrong extends Error {
  override readonly name = 'Wrong';
}

/** Puts one mutated log to the store. Never throws, unless the store is at fault outside of any promise. */
export const judge = async (sound: SoundLog, mutated: Mutated, tested = SHIPPED): Promise<Verdict> => {
  try {
    return { outcome: await new Trial(sound, mutated, tested).run() };
  } catch (error) {
    const wrong = error instanceof Wrong ? error.message : `an error of no type: ${describe(error)}`;
    return { outcome: 'WRONG', wrong };
  }
};

const describe = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

class Trial {
  readonly #sound: SoundLog;
  readonly #mutated: Mutated;
  readonly #tested: Tested;
  /** How many events lie in front of the first changed byte. */
  readonly #intact: number;

  constructor(sound: SoundLog, mutated: Mutated, tested: Tested) {
    this.#sound = sound;
    this.#mutated = mutated;
    this.#tested = tested;
    this.#intact = intactEvents(sound, mutated.files);
  }

  async run(): Promise<Outcome> {
    const { files, forged } = this.#mutated;
    const { dumped, damages } = await this.#examine(files);
    const { outcome, read } = await this.#open(files);
    const isSound = damages === 0;
    // What is forged in a full segment the store may have from its index file, and not see.
    const agree = isSound === (read !== undefined) || (forged && !isSound);
    if (!agree) {
      throw new Wrong(`verify finds ${damages} damages, though the outcome of opening is '${outcome}'`);
    }
    if (isSound && read !== undefined && read.join() !== dumped.join()) {
      throw new Wrong(`dump gives ${dumped.length} events, the store ${read.length}`);
    }
    if (damages > 0) await this.#repair(files);
    return outcome;
  }

  async #examine(files: Files): Promise<{ readonly dumped: readonly string[]; readonly damages: number }> {
    const dumped: string[] = [];
    const found = await this.#tested.examine(machineWith(files).fs, DIRECTORY, (event) => {
      dumped.push(textOf(event));
    });
    const damages = found.damages.length;
    // Between damages it goes on: then only the start must be as it was.
    this.#check('dump', damages === 0 ? dumped : dumped.slice(0, this.#intact));
    return { dumped, damages };
  }

  async #open(files: Files): Promise<{ readonly outcome: Outcome; readonly read?: readonly string[] }> {
    const machine = machineWith(files);
    let store: EventStore;
    try {
      store = await this.#tested.open(machine, DIRECTORY, this.#sound.options);
    } catch (error) {
      this.#checkError(error);
      return { outcome: 'refused: a typed error at opening' };
    }
    let events: readonly RecordedEvent[];
    let read: readonly string[];
    try {
      events = await store.readAll();
      read = events.map(textOf);
      await this.#checkStreams(store, events, read);
    } catch (error) {
      await store.close();
      this.#checkError(error);
      return { outcome: 'refused: a typed error at reading' };
    }
    this.#check('the store', read);
    await this.#checkModels(machine, store, events);
    await this.#checkRepetition(store, events);
    await this.#goOn(machine, store, read);
    const whole = read.length >= this.#sound.events.length;
    return { outcome: whole ? OUTCOMES[0] : OUTCOMES[1], read };
  }

  /** A start of the log as it was, and no less than is intact. */
  #check(who: string, read: readonly string[]): void {
    const { events } = this.#sound;
    if (read.length < this.#intact) {
      throw new Wrong(`${who} gives ${read.length} events, though the first ${this.#intact} are intact`);
    }
    const { forged } = this.#mutated;
    const compared = forged ? this.#intact : read.length;
    for (let index = 0; index < compared; index++) {
      if (read[index] !== events[index])
        throw new Wrong(`${who} gives ${read[index]} as event ${index + 1}, which is ${events[index]}`);
    }
  }

  async #checkStreams(
    store: EventStore,
    events: readonly RecordedEvent[],
    read: readonly string[],
  ): Promise<void> {
    // Index files know nothing of what was forged in the segments.
    if (this.#mutated.forged) return;
    const byStream = new Map<string, RecordedEvent[]>(this.#sound.streams.map((stream) => [stream, []]));
    const texts = new Map<bigint, string>();
    for (const [at, event] of events.entries()) {
      const { streamName, globalPosition } = event.metadata;
      texts.set(globalPosition, read[at] ?? '');
      const own = byStream.get(streamName) ?? [];
      own.push(event);
      byStream.set(streamName, own);
    }
    for (const [stream, expected] of byStream) {
      const forwards = (await store.readStream(stream)).events;
      const backwards = (await store.readStream(stream, { direction: 'backwards' })).events;
      const isSame = forwards.every((event) => texts.get(event.metadata.globalPosition) === textOf(event));
      const positions = placesOf(expected);
      if (!isSame || placesOf(forwards) !== positions || placesOf([...backwards].reverse()) !== positions)
        throw new Wrong(`stream ${stream} is not in itself as it is in the log`);
    }
  }

  /** A read model reaches the state of the log, or is refused. After a forgery it may keep what the log no longer says. */
  async #checkModels(machine: Machine, store: EventStore, events: readonly RecordedEvent[]): Promise<void> {
    if (this.#mutated.forged) return;
    const wrong = await wrongModel(machine, DIRECTORY, store, events, this.#tested.openModel);
    if (wrong !== undefined) throw new Wrong(wrong);
  }

  /** A message id that the log has is found, whatever an index file says of it: the append is known, and adds nothing. */
  async #checkRepetition(store: EventStore, events: readonly RecordedEvent[]): Promise<void> {
    const event = events[this.#intact % Math.max(events.length, 1)];
    if (this.#mutated.forged || event === undefined) return;
    const { type, data, metadata } = event;
    const { streamName, messageId, correlationId, causationId } = metadata;
    const repeated = {
      type,
      data,
      messageId,
      ...(correlationId && { correlationId }),
      ...(causationId && { causationId }),
    };
    const head = store.head();
    await store.appendToStream(streamName, [repeated]);
    if (store.head() !== head) throw new Wrong(`event ${metadata.globalPosition} was appended a second time`);
  }

  /** A store that opened is one to go on with. Every other log is closed before, and opened again. */
  async #goOn(machine: Machine, store: EventStore, before: readonly string[]): Promise<void> {
    const { open } = this.#tested;
    let writing = store;
    if (before.length % 2 === 0) {
      await store.close();
      writing = await open(machine, DIRECTORY, this.#sound.options);
    }
    await writing.appendToStream('after', [{ type: 'after', data: null, messageId: 'after' }]);
    await writing.close();
    const reading = await open(machine, DIRECTORY, this.#sound.options);
    const read = (await reading.readAll()).map(textOf);
    await reading.close();
    const added = read.pop() ?? '';
    // Compaction may meanwhile have dropped events of system streams.
    const kept = before.filter((text) => read.includes(text) || !text.includes('"$'));
    if (kept.join() !== read.join() || !added.startsWith('["after"'))
      throw new Wrong(
        `after one more append there are ${read.length + 1} events, before it ${before.length}`,
      );
  }

  #checkError(error: unknown): void {
    if (!(error instanceof CorruptLogError)) throw error;
    const size = this.#mutated.files.get(error.file.slice(DIRECTORY.length + 1))?.length;
    const missing = size === undefined && error.offset === 0;
    if (!error.file.startsWith(`${DIRECTORY}/`) || !(missing || error.offset <= (size ?? -1)))
      throw new Wrong(`an error that names no place in the log: ${error.message}`);
  }

  async #repair(files: Files): Promise<void> {
    const machine = machineWith(files);
    await this.#tested.repair(machine.fs, DIRECTORY);
    const store = await this.#tested.open(machine, DIRECTORY, this.#sound.options);
    const read = (await store.readAll()).map(textOf);
    await store.close();
    this.#check('a repaired store', read);
  }
}

/** Events in the frames in front of the first byte, in the order of the log, that is not as it was. */
export const intactEvents = (sound: SoundLog, files: Files): number => {
  let intact = 0;
  for (const { name, frames, eventsUpTo } of sound.segments) {
    const before = sound.files.get(name) ?? Buffer.alloc(0);
    const after = files.get(name) ?? Buffer.alloc(0);
    const changed = firstDifference(before, after);
    for (const [index, { offset, bytes }] of frames.entries()) {
      // Zeros at a frame's end are a part of it: cut off, it is not whole.
      if (offset + bytes > Math.min(changed ?? after.length, after.length)) return intact;
      intact = eventsUpTo[index] ?? intact;
    }
    if (changed !== undefined) return intact;
  }
  return intact;
};

/** Undefined when the files say the same: room at the end, all zero, may be there or not. */
const firstDifference = (a: Buffer, b: Buffer): number | undefined => {
  if (a.equals(b)) return undefined;
  const end = Math.max(a.length, b.length);
  for (let at = 0; at < end; at++) if ((a[at] ?? 0) !== (b[at] ?? 0)) return at;
  return undefined;
};
