import { randomFillSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { uuids } from './uuid.js';

const uuid = uuids(randomFillSync);
const drawn = Array.from({ length: 20_000 }, uuid);

test('uuids: UUIDs of version 4, in the form that crypto.randomUUID gives', () => {
  for (const id of drawn)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('uuids: no two are equal, also when the pool was refilled', () => {
  expect(new Set(drawn).size).toBe(drawn.length);
});

test('uuids: two sources give different ones', () => {
  expect(uuids(randomFillSync)()).not.toBe(uuids(randomFillSync)());
});

test('uuids: each free digit takes every value about equally often', () => {
  const free = [0, 7, 9, 12, 15, 17, 20, 22, 24, 35];
  for (const place of free) {
    const counts = new Map<string, number>();
    for (const id of drawn) counts.set(id[place] ?? '', (counts.get(id[place] ?? '') ?? 0) + 1);
    expect(counts.size).toBe(16);
    // 1,250 expected, standard deviation 34: a deviation of eight does not happen by chance.
    for (const count of counts.values()) expect(Math.abs(count - drawn.length / 16)).toBeLessThan(8 * 34);
  }
});
