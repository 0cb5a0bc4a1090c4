/**
 * What the command line and a worker process say to each other, as bytes on one pipe: frames of a length, a seal and a
 * value as `v8.serialize` writes it.
 *
 * The seal is an HMAC over the frame's number and contents. Its key is sent first, before a suite is loaded, and is
 * held by a thread that no suite runs in. So bytes that a suite writes to the pipe are an error and never a message.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';

const LENGTH_BYTES = 4;
const SEAL_BYTES = 32;
const HEAD_BYTES = LENGTH_BYTES + SEAL_BYTES;
/** Far above the largest result of an exploration: a longer length is no frame. */
const CONTENTS_BYTES_MAX = 1_073_741_824;

export const KEY_BYTES = 32;

const sealOf = (key: Uint8Array, number: number, contents: Uint8Array): Buffer => {
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(BigInt(number));
  return createHmac('sha256', key).update(head).update(contents).digest();
};

/** Seals values, one after the other. */
export class FrameWriter {
  private number = 0;

  constructor(private readonly key: Uint8Array) {}

  /** @throws Error for a value that cannot be serialized: a function, say */
  frame(value: unknown): Buffer {
    const contents = serialize(value);
    const head = Buffer.alloc(LENGTH_BYTES);
    head.writeUInt32LE(contents.length);
    return Buffer.concat([head, sealOf(this.key, this.number++, contents), contents]);
  }
}

/** Takes bytes as they come and gives back whole values. */
export class FrameReader {
  private number = 0;
  private chunks: Buffer[] = [];
  private bytes = 0;

  constructor(private readonly key: Uint8Array) {}

  /** @throws Error for bytes that no {@link FrameWriter} with this key wrote next */
  push(chunk: Buffer): unknown[] {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    const values: unknown[] = [];
    for (let value = this.next(); value !== undefined; value = this.next()) values.push(value.value);
    return values;
  }

  private next(): { readonly value: unknown } | undefined {
    if (this.bytes < HEAD_BYTES) return undefined;
    const head = this.join(HEAD_BYTES);
    const length = head.readUInt32LE();
    if (length > CONTENTS_BYTES_MAX) throw new Error('the pipe carries bytes that are no message');
    if (this.bytes < HEAD_BYTES + length) return undefined;
    const all = this.join(HEAD_BYTES + length);
    const contents = all.subarray(HEAD_BYTES, HEAD_BYTES + length);
    const seal = all.subarray(LENGTH_BYTES, HEAD_BYTES);
    if (!timingSafeEqual(seal, sealOf(this.key, this.number++, contents)))
      throw new Error('the pipe carries bytes that are no message');
    this.chunks[0] = all.subarray(HEAD_BYTES + length);
    this.bytes -= HEAD_BYTES + length;
    return { value: deserialize(contents) };
  }

  /** The first bytes at hand in one piece of at least `least`, which is the first chunk from then on. */
  private join(least: number): Buffer {
    const [first] = this.chunks;
    if (first !== undefined && first.length >= least) return first;
    const all = Buffer.concat(this.chunks);
    this.chunks = [all];
    return all;
  }
}
