import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { crc32, crc32ByTable } from './crc32.js';

test.each([
  ['the table', crc32ByTable],
  ['the runtime', crc32],
])('crc32 and crc32ByTable: %s gives the published check value', (_, checksum) => {
  expect(checksum(Buffer.from('123456789'))).toBe(0xcbf43926);
});

test('crc32ByTable continues a checksum as the runtime does', () => {
  const bytes = Buffer.from(Array.from({ length: 300 }, (_, i) => (i * 7) & 0xff));
  for (const seed of [0, 1, 0xffff_ffff]) expect(crc32ByTable(bytes, seed)).toBe(crc32(bytes, seed));
});
