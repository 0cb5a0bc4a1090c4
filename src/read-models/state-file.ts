/**
 * A JSON value that survives power cuts and is replaced as a whole: a reader finds the last value saved, or the
 * one being saved when the power failed, and never a mixture.
 *
 * Two slot files are written in turn, so that the last durable value is never touched. Each holds a checksum over
 * a sequence number and the value; the valid slot with the higher number counts. A torn slot is therefore the
 * one that was being written, and the other is whole. A save costs two calls, write and fdatasync, where a temporary
 * file that is renamed costs eight. Opening costs two reads; the first save of a life five to seven calls more.
 */
import { constants } from 'node:fs';
import type { FileSystem } from '../environment.js';
import { toJsonText } from '../event-store/append/event-json.js';
import type { Json } from '../event-store/event.js';
import { crc32 } from '../event-store/format/crc32.js';
import { errorCode, type FileHandle, syncDirectory, writeRange } from '../event-store/log/durable-files.js';

export interface StateFile {
  /** What was last saved when the file was opened; undefined when nothing ever was. */
  readonly initial: Json | undefined;
  /**
   * Replaces the value; resolves once it is durable. One call at a time: the next may start when this is settled.
   * @throws InvalidArgumentError naming the part of the value that JSON can't hold; -0 becomes 0
   */
  save(value: Json): Promise<void>;
  /** Releases the files. Saves nothing. */
  close(): Promise<void>;
}

/** Neither slot is whole although both were written: no power cut does that. */
export class StateFileCorruptError extends Error {
  override readonly name = 'StateFileCorruptError';
  readonly code = 'STATE_FILE_CORRUPT';
  constructor(readonly path: string) {
    super(`both copies of ${path} are damaged, which no power cut explains: remove both to build it anew`);
  }
}

/** Opens `name` in a directory that exists, durably. @throws StateFileCorruptError */
export const openStateFile = async (fs: FileSystem, directory: string, name: string): Promise<StateFile> => {
  const path = `${directory}/${name}`;
  const naming = {
    part: (at: string) => `${at.replace(/^\./, '') || 'the value'} of ${path}`,
    outcome: 'nothing was saved',
  };
  const first = await readSlot(fs, `${path}.0`);
  const second = await readSlot(fs, `${path}.1`);
  let current = newer(first, second);
  // The second slot gets its first byte when the first is whole, and the first is written over when the second is.
  if (current === undefined && second.bytes > 0) throw new StateFileCorruptError(path);
  const initial = current?.content;
  let sequence = initial?.sequence ?? 0;
  let prepared = false;
  let saving = false;

  /**
   * Before anybody is told what was found, and before the first save of a life. The last life may have been killed without a power cut, or its sync have failed:
   * what was read may then be in the page cache only, and so may the directory entries. It is written again, since
   * a sync alone proves nothing of pages that a failed one has marked clean. Only then may the other slot, which
   * may hold the last value that is durable, be written over.
   */
  const prepare = async (): Promise<void> => {
    try {
      for (const slot of [first, second])
        slot.handle ??= await fs.open(slot.path, constants.O_RDWR | constants.O_CREAT);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      const cause = { cause: error };
      throw new Error(
        `the directory ${directory} is to hold ${name}, and is not there: make it first`,
        cause,
      );
    }
    if (current?.content !== undefined) await writeSlot(current, current.content.slot);
    await syncDirectory(fs, directory);
    prepared = true;
  };

  // Whoever reads a position here takes it for durable: a feeder moves its checkpoint on by it.
  if (initial !== undefined) await prepare();

  return {
    initial: initial?.value,
    save: async (value) => {
      if (saving) throw new Error(`${path} is being saved already: saves must follow one another`);
      saving = true;
      try {
        const bytes = encode(toJsonText(value, naming), sequence + 1);
        if (!prepared) await prepare();
        const next = current === first ? second : first;
        await writeSlot(next, bytes);
        sequence++;
        current = next;
      } finally {
        saving = false;
      }
    },
    close: async () => {
      for (const slot of [first, second]) {
        await slot.handle?.close();
        slot.handle = undefined;
      }
      prepared = false;
    },
  };
};

interface Content {
  /** The slot's bytes, as they were read. */
  readonly slot: Buffer;
  readonly sequence: number;
  readonly value: Json;
}

interface Slot {
  readonly path: string;
  /** Its size when it was opened; 0 when there was no file. */
  readonly bytes: number;
  /** What it held then; undefined when that was nothing whole. */
  readonly content: Content | undefined;
  handle: FileHandle | undefined;
}

const newer = (first: Slot, second: Slot): Slot | undefined => {
  if (first.content === undefined) return second.content && second;
  if (second.content === undefined) return first;
  return second.content.sequence > first.content.sequence ? second : first;
};

const readSlot = async (fs: FileSystem, path: string): Promise<Slot> => {
  try {
    const bytes = await fs.readFile(path);
    return { path, bytes: bytes.length, content: decode(bytes), handle: undefined };
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return { path, bytes: 0, content: undefined, handle: undefined };
  }
};

const writeSlot = async (slot: Slot, bytes: Buffer): Promise<void> => {
  const { handle } = slot;
  if (handle === undefined) throw new Error(`${slot.path} is not open`);
  await writeRange(handle, bytes, 0, bytes.length);
  await handle.datasync();
};

/** A slot: magic (4 bytes), checksum of what follows (4), length of the value (4), sequence number (6), the value. */
const MAGIC = 0x50435354; // 'PCST'
const CHECKSUM_AT = 4;
const LENGTH_AT = 8;
const SEQUENCE_AT = 12;
const VALUE_AT = 18;

const encode = (text: string, sequence: number): Buffer => {
  const length = Buffer.byteLength(text);
  const bytes = Buffer.alloc(VALUE_AT + length);
  bytes.writeUInt32BE(MAGIC, 0);
  bytes.writeUInt32BE(length, LENGTH_AT);
  bytes.writeUIntBE(sequence, SEQUENCE_AT, 6);
  bytes.write(text, VALUE_AT);
  bytes.writeUInt32BE(crc32(bytes.subarray(LENGTH_AT)), CHECKSUM_AT);
  return bytes;
};

/** What a slot's bytes hold; undefined when they are not whole. */
const decode = (bytes: Buffer): Content | undefined => {
  if (bytes.length < VALUE_AT || bytes.readUInt32BE(0) !== MAGIC) return undefined;
  const end = VALUE_AT + bytes.readUInt32BE(LENGTH_AT);
  if (end > bytes.length) return undefined;
  if (crc32(bytes.subarray(LENGTH_AT, end)) !== bytes.readUInt32BE(CHECKSUM_AT)) return undefined;
  const value = JSON.parse(bytes.toString('utf8', VALUE_AT, end)) as Json; // the checksum says that `encode` wrote it
  return { slot: bytes.subarray(0, end), sequence: bytes.readUIntBE(SEQUENCE_AT, 6), value };
};
