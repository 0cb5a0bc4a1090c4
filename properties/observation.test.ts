import { describe, expect, test } from 'vitest';
import type { History } from '../sim/suite.js';
import { emptyHistory, event } from './invariants/test-support.js';
import { remember, remembered } from './memory.js';
import { domainEvents, NOTHING_OBSERVED, observeOnce } from './observation.js';
import { batchOf } from './recorded.js';

describe('observing once', () => {
  test('looks once for each moment, however many invariants ask, and again at the next', async () => {
    let looks = 0;
    const observe = observeOnce((_: object, __: History<unknown>) => {
      looks++;
      return NOTHING_OBSERVED;
    });
    const system = {};
    const later = { ...emptyHistory, crashes: 1 };
    await observe(system, emptyHistory);
    await observe(system, emptyHistory);
    expect(looks).toBe(1);
    await observe(system, later);
    await observe({}, later);
    expect(looks).toBe(3);
  });
});

describe('what one life shows to the next', () => {
  test('is the domain events by position, and the last checkpoint of each feeder', () => {
    const checkpoint = { position: 1, reset: false, globalPosition: 2 };
    const memory = remember({
      ...NOTHING_OBSERVED,
      log: [event(1), event(2, { system: true })],
      checkpoints: [{ feeder: 'main', subscribers: [], atStart: 0, writes: [checkpoint] }],
    });
    expect(remembered(memory)).toEqual({ events: [[1, 'e1']], checkpoints: [['main', 1]] });
  });

  test('is nothing before the first crash', () => {
    expect(remembered(undefined)).toEqual({ events: [], checkpoints: [] });
  });
});

test('subscribers are owed all but the system’s own events', () => {
  const log = [event(1), event(2, { system: true })];
  expect(domainEvents({ ...NOTHING_OBSERVED, log })).toEqual([event(1)]);
});

test('the message ids of a batch tell its command, its size and the place in it', () => {
  expect(batchOf(3, 'Noted', [1, 2]).map(({ messageId }) => messageId)).toEqual([
    'command-3/1of2',
    'command-3/2of2',
  ]);
});
