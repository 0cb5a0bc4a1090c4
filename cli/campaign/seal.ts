/**
 * Values as sealed bytes, for a store that others can write to: a magic word with the format's version, an HMAC-SHA256 over
 * the value's purpose and contents, and the value as `v8.serialize` writes it, compressed. Objects that several parts of a
 * value share are written once, so a batch of crash states carries each sector once.
 *
 * Bytes are decompressed and read only if their seal holds. Without a campaign key the seal is a checksum: it finds damage,
 * and keeps no other user out.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { UsageError } from '../usage-error.js';

const MAGIC = Buffer.from('PCQ1', 'latin1');
const SEAL_BYTES = 32;
const HEAD_BYTES = MAGIC.length + SEAL_BYTES;
/** Sealed, and as it is in memory. Far above the largest result of a unit. */
const SEALED_BYTES_MAX = 256 * 1024 * 1024;
const CONTENTS_BYTES_MAX = 1024 * 1024 * 1024;
/** Units are many and short-lived: time is worth more than the last tenth of their size. */
const COMPRESSION_LEVEL = 1;

/** What all participants of a campaign have in common, and others have not. Empty: nothing is kept secret. */
export type CampaignKey = string;

/** What sealed bytes are for: bytes of one purpose are no valid bytes of another. */
export type Purpose = `unit ${string}` | `result ${string}` | 'record' | 'outcome' | 'progress';

const sealOf = (key: CampaignKey, purpose: Purpose, contents: Uint8Array): Buffer =>
  createHmac('sha256', key).update(`${purpose}\n`).update(contents).digest();

/** @throws Error for a value that cannot be serialized: a function, say */
export const seal = (key: CampaignKey, purpose: Purpose, value: unknown): Buffer => {
  const contents = deflateRawSync(serialize(value), { level: COMPRESSION_LEVEL });
  return Buffer.concat([MAGIC, sealOf(key, purpose, contents), contents]);
};

const invalid = (purpose: Purpose, why: string): UsageError =>
  new UsageError('QUEUE_DATA_INVALID', `The ${purpose.replace(/ .*/, '')} in the queue is not used: ${why}.`);

/**
 * The value that was sealed for this purpose with this key.
 * @throws UsageError QUEUE_DATA_INVALID for any other bytes
 */
export const unseal = (key: CampaignKey, purpose: Purpose, bytes: Uint8Array): unknown => {
  const isFramed = bytes.length >= HEAD_BYTES && MAGIC.equals(bytes.subarray(0, MAGIC.length));
  if (!isFramed) throw invalid(purpose, 'another version of Powercut, or another program, wrote it');
  if (bytes.length > SEALED_BYTES_MAX) throw invalid(purpose, 'it is larger than any that Powercut writes');
  const contents = bytes.subarray(HEAD_BYTES);
  if (!timingSafeEqual(bytes.subarray(MAGIC.length, HEAD_BYTES), sealOf(key, purpose, contents)))
    throw invalid(purpose, 'it is damaged, or was written with another campaign key');
  try {
    return deserialize(inflateRawSync(contents, { maxOutputLength: CONTENTS_BYTES_MAX }));
  } catch {
    throw invalid(purpose, 'its contents are damaged');
  }
};

/** A short name for contents: two values of equal names are equal for all that matters here. */
export const contentName = (contents: Uint8Array | string): string =>
  createHash('sha256').update(contents).digest('hex').slice(0, 32);
