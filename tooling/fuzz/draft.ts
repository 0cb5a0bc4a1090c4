/** A sound log that is being mutated. */
import { Buffer } from 'node:buffer';
import type { Files, SoundLog, SoundSegment } from './corpus.js';
import type { Draw } from './draw.js';

/** Lengths, counts and offsets that code gets wrong. */
export const NUMBERS = [
  0, 1, 7, 8, 0xff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fff8, 0xffff_ffff,
] as const;

export class Draft {
  readonly files: Map<string, Buffer>;
  /** Some checksum in the log was made to hold over a lie: what comes at or after it may be believed. */
  forged = false;

  constructor(
    readonly sound: SoundLog,
    /** Other stores, whose files may get into this one. */
    readonly others: readonly SoundLog[],
  ) {
    this.files = new Map(sound.files);
  }

  /** Bytes of its own, to be written to. */
  own(name: string, minBytes = 0): Buffer {
    const bytes = Buffer.alloc(Math.max(minBytes, this.files.get(name)?.length ?? 0));
    this.files.get(name)?.copy(bytes);
    this.files.set(name, bytes);
    return bytes;
  }

  /** Some file that is still there and not empty. */
  file(draw: Draw): string | undefined {
    return draw.pick([...this.files].filter(([, bytes]) => bytes.length > 0).map(([name]) => name));
  }

  /** Some segment with frames, as far as its file still reaches. */
  segment(draw: Draw): SoundSegment | undefined {
    return draw.pick(
      this.sound.segments.filter(({ name, frames }) => {
        const end = frames.at(-1);
        return end !== undefined && end.offset + end.bytes <= (this.files.get(name)?.length ?? 0);
      }),
    );
  }

  /** Some file that is still there, and whose name is like this. */
  named(pattern: RegExp, draw: Draw): string | undefined {
    return draw.pick([...this.files.keys()].filter((name) => pattern.test(name)));
  }

  /** A file of another store that has one of that name. */
  ofAnother(name: string, draw: Draw): Buffer | undefined {
    const having = this.others.filter(({ files }) => files.has(name));
    const other: Files | undefined = draw.pick(having)?.files;
    return other?.get(name);
  }
}

/** Does something to a log and says what; undefined: it could not be done to this one. */
export type Mutation = (draft: Draft, draw: Draw) => string | undefined;
