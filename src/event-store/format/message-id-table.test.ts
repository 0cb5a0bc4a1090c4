import { expect, test } from 'vitest';
import { MessageIdTable } from './message-id-table.js';

test('MessageIdTable: finds every position by its hash, through growth and collisions', () => {
  const table = new MessageIdTable();
  const hashOf = (position: number): number => Math.imul(position % 700, 0x9e3779b1) >>> 0;
  for (let position = 1; position <= 2000; position++) table.add(hashOf(position), position);
  expect(table.placesOf(hashOf(5))).toEqual([5, 705, 1405]);
  for (let position = 1; position <= 2000; position++) {
    expect(table.placesOf(hashOf(position))).toContain(position);
  }
  expect(table.placesOf(12345)).toEqual([]);
});
