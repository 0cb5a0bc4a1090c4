import { describe, expect, test } from 'vitest';
import { stream } from '../../sim/util/seeded-streams.js';
import { seal, unseal } from './seal.js';

const VALUE = { list: [1, 2n, undefined], map: new Map([['a', new Uint8Array([1, 2, 3])]]) };
const refused = expect.objectContaining({ code: 'QUEUE_DATA_INVALID' });

describe('unseal', () => {
  test('gives back what was sealed, with and without a key', () => {
    for (const key of ['', 'secret'])
      expect(unseal(key, 'record', seal(key, 'record', VALUE))).toEqual(VALUE);
  });

  test('refuses another key, another purpose, and no bytes at all', () => {
    const sealed = seal('secret', 'result u1', VALUE);
    expect(() => unseal('other', 'result u1', sealed)).toThrow(refused);
    expect(() => unseal('', 'result u1', sealed)).toThrow(refused);
    expect(() => unseal('secret', 'result u2', sealed)).toThrow(refused);
    expect(() => unseal('secret', 'result u1', new Uint8Array())).toThrow(refused);
  });

  test('refuses bytes that were cut off, changed or added to, wherever', () => {
    const source = stream(1, 'fault');
    const sealed = seal('', 'record', VALUE);
    for (let round = 0; round < 2_000; round++) {
      const at = source.below(sealed.length);
      const flipped = Buffer.from(sealed);
      flipped[at] = (flipped[at] ?? 0) ^ (1 + source.below(255));
      for (const bytes of [flipped, sealed.subarray(0, at), Buffer.concat([sealed, flipped.subarray(at)])])
        expect(() => unseal('', 'record', bytes)).toThrow(refused);
    }
  });
});

describe('seal', () => {
  test('writes once what several parts share', () => {
    const sector = new Uint8Array(4096).map((_, index) => (index * 7919) % 251);
    const one = seal('', 'record', [sector]).length;
    const many = seal(
      '',
      'record',
      Array.from({ length: 50 }, () => sector),
    ).length;
    expect(many).toBeLessThan(one * 2);
  });
});
