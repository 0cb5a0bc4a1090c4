/**
 * Random (version 4) UUIDs, as flat strings. `crypto.randomUUID` returns a string in twenty pieces, which
 * the first read of its letters joins: to draw, hash and write an id then takes two to three times as long.
 */
import { Buffer } from 'node:buffer';

const UUID_BYTES = 16;
const POOL_UUIDS = 256;
const TEXT_LETTERS = 36;
/** Where the two digits of each byte stand, hyphens left out. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;
/** The two digits of each byte, the first one low. */
const DIGITS = Uint16Array.from({ length: 256 }, (_, byte) =>
  Buffer.from(byte.toString(16).padStart(2, '0')).readUInt16LE(),
);

/** A function that returns another UUID each time, from bytes that `fill` draws. */
export const uuids = (fill: (bytes: Buffer) => unknown): (() => string) => {
  const pool = Buffer.allocUnsafeSlow(UUID_BYTES * POOL_UUIDS);
  const text = Buffer.alloc(TEXT_LETTERS, '-');
  let next = pool.length;
  return () => {
    if (next === pool.length) {
      fill(pool);
      next = 0;
    }
    pool[next + 6] = ((pool[next + 6] ?? 0) & 0x0f) | 0x40; // version 4
    pool[next + 8] = ((pool[next + 8] ?? 0) & 0x3f) | 0x80; // the variant of RFC 9562
    for (let byte = 0; byte < UUID_BYTES; byte++) {
      const digits = DIGITS[pool[next + byte] ?? 0] ?? 0;
      const place = PLACES[byte] ?? 0;
      text[place] = digits;
      text[place + 1] = digits >>> 8;
    }
    next += UUID_BYTES;
    return text.toString('latin1');
  };
};
