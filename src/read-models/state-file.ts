/**
 * A JSON value that survives power cuts and is replaced as a whole: a reader finds the last value saved, or the
 * one being saved when the power failed, and never a mixture.
 *
 * Two slot files are written in turn, so that the last durable value is never touched. Each holds a checksum over
 * a sequence number, a seal and the value; the valid slot with the higher number counts. A torn slot is therefore the
 * one that was being written, and the other is whole. A save costs two calls, write and fdatasync, where a temporary
 * file that is renamed costs eight. Opening costs two reads; the first save of a life five to seven calls more.
 *
 * The seal is a SHA-256 of the value and a witness: a text that is not in the file, but where the value comes from. Who has the
 * witness can tell a value that belongs to it from one that is forged, old or of another place, under a checksum that holds.
 */

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import type { FileSystem } from '../environment.js';
import { toJsonText } from '../event-store/append/event-json.js';
import type { Json } from '../event-store/event.js';
import { crc32 } from '../event-store/format/crc32.js';
import { type FileHandle, syncDirectory, writeRange } from '../event-store/log/durable-files.js';
import { PowercutError } from '../powercut-error.js';
import { errorCode } from '../thrown.js';

export interface StateFile {
  /** What was last saved when the file was opened; undefined when nothing ever was. */
  readonly initial: Json | undefined;
  /** Whether {@link initial} was saved with this witness. False for a file of version 0.1, which has no seal. O(value). */
  isInitialSealedWith(witness: string): boolean;
  /**
   * Replaces the value; resolves once it is durable. One call at a time: the next may start when this is settled.
   * @throws InvalidArgumentError naming the part of the value that JSON can't hold; -0 becomes 0
   */
  save(value: unknown, witness?: string): Promise<void>;
  /** Releases the files, when a pending save has ended. Saves nothing; a later save is refused. */
  close(): Promise<void>;
}

/** Neither slot is whole although both were written: no power cut does that. */
export class StateFileCorruptError extends PowercutError {
  override readonly name = 'StateFileCorruptError';
  readonly code = 'STATE_FILE_CORRUPT';
  constructor(readonly path: string) {
    super(`both copies of ${path} are damaged, which no power cut explains: remove both to rebuild it`);
  }
}

/** A file of a later version: it may mean what this one can't know. */
export class StateFileFormatError extends PowercutError {
  override readonly name = 'StateFileFormatError';
  readonly code = 'STATE_FILE_FORMAT';
  constructor(readonly path: string) {
    super(`${path} is of a newer format than this version knows: update, or remove it to build it again`);
  }
}

/** Opens `name` in a directory that exists, durably. @throws StateFileCorruptError @throws StateFileFormatError */
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
  let saving: Promise<void> | undefined;
  let closed = false;

  /**
   * Before the value is returned, and before the first save of a life. The last life may have been killed without a power cut, or
   * its sync may have failed: the value, and the directory entries, may then be in the page cache only. It is written again, since
   * a sync alone proves nothing of pages that a failed one has marked clean. Only then may the other slot be overwritten, which
   * may hold the last durable value.
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

  // Readers take this position for durable: a feeder advances its checkpoint by it.
  if (initial !== undefined) await prepare();

  const write = async (bytes: Buffer): Promise<void> => {
    if (!prepared) await prepare();
    const next = current === first ? second : first;
    await writeSlot(next, bytes);
    sequence++;
    current = next;
  };

  return {
    initial: initial?.value,
    isInitialSealedWith: (witness) => initial?.seal?.equals(sealOf(initial.text, witness)) === true,
    save: async (value, witness = '') => {
      if (closed) throw new Error(`${path} is closed: nothing was saved`);
      if (saving !== undefined)
        throw new Error(`${path} is being saved already: saves must follow one another`);
      saving = write(encode(toJsonText(value, naming), sequence + 1, witness));
      try {
        await saving;
      } finally {
        saving = undefined;
      }
    },
    close: async () => {
      closed = true;
      // The caller of the save gets its outcome.
      if (saving !== undefined) await saving.catch(() => {});
      for (const slot of [first, second]) {
        await slot.handle?.close();
        slot.handle = undefined;
      }
    },
  };
};

interface Content {
  /** The slot's bytes, as they were read. */
  readonly slot: Buffer;
  readonly sequence: number;
  /** Undefined in a slot of version 0.1. */
  readonly seal: Buffer | undefined;
  /** The value's bytes. */
  readonly text: Buffer;
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
    return { path, bytes: bytes.length, content: decode(path, bytes), handle: undefined };
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

/**
 * A slot: magic (3 bytes), format (1), checksum of what follows (4), length of the value (4), sequence number (6), seal (32),
 * the value. A slot of version 0.1 has the format 'T' and no seal.
 */
const MAGIC = 'PCS';
const FORMAT = 0x32; // '2'
const FORMAT_WITHOUT_SEAL = 0x54; // 'T'
const FORMAT_AT = 3;
const CHECKSUM_AT = 4;
const LENGTH_AT = 8;
const SEQUENCE_AT = 12;
const SEAL_AT = 18;
const SEAL_BYTES = 32;
const VALUE_AT = SEAL_AT + SEAL_BYTES;
/** No file is saved so often: after a larger number there would be none left for the next save. */
const SEQUENCE_MAX = 2 ** 47;

/** The lengths keep value and witness apart. */
const sealOf = (text: Buffer, witness: string): Buffer =>
  createHash('sha256').update(`${text.length}/`).update(text).update(witness).digest();

const encode = (text: string, sequence: number, witness: string): Buffer => {
  const length = Buffer.byteLength(text);
  const bytes = Buffer.alloc(VALUE_AT + length);
  bytes.write(MAGIC, 'latin1');
  bytes.writeUInt8(FORMAT, FORMAT_AT);
  bytes.writeUInt32BE(length, LENGTH_AT);
  bytes.writeUIntBE(sequence, SEQUENCE_AT, 6);
  bytes.write(text, VALUE_AT);
  sealOf(bytes.subarray(VALUE_AT), witness).copy(bytes, SEAL_AT);
  bytes.writeUInt32BE(crc32(bytes.subarray(LENGTH_AT)), CHECKSUM_AT);
  return bytes;
};

/** What a slot's bytes hold; undefined when they are not whole. @throws StateFileFormatError */
const decode = (path: string, bytes: Buffer): Content | undefined => {
  if (bytes.length < SEAL_AT || bytes.toString('latin1', 0, FORMAT_AT) !== MAGIC) return undefined;
  const format = bytes.readUInt8(FORMAT_AT);
  const valueAt = format === FORMAT_WITHOUT_SEAL ? SEAL_AT : VALUE_AT;
  const end = valueAt + bytes.readUInt32BE(LENGTH_AT);
  if (end > bytes.length) return undefined;
  if (crc32(bytes.subarray(LENGTH_AT, end)) !== bytes.readUInt32BE(CHECKSUM_AT)) return undefined;
  if (format !== FORMAT && format !== FORMAT_WITHOUT_SEAL) throw new StateFileFormatError(path);
  const sequence = bytes.readUIntBE(SEQUENCE_AT, 6);
  const text = bytes.subarray(valueAt, end);
  const value = parsed(text);
  if (value === undefined || sequence > SEQUENCE_MAX) return undefined;
  const seal = format === FORMAT ? bytes.subarray(SEAL_AT, VALUE_AT) : undefined;
  return { slot: bytes.subarray(0, end), sequence, seal, text, value };
};

/** Undefined where a checksum holds over what is no JSON: no store has written that. */
const parsed = (text: Buffer): Json | undefined => {
  try {
    return JSON.parse(text.toString('utf8')) as Json; // what JSON.parse returns
  } catch {
    return undefined;
  }
};
