import { describe, expect, test } from 'vitest';
import type { History } from '../../sim/suite/suite.js';
import { emptyHistory, event } from '../testing/invariants.js';
import { batchOf } from './logged-events.js';
import { domainEvents, NOTHING_OBSERVED, observeOnce } from './observation.js';
import { beginsAsSeen, eventsSeen, remember, remembered } from './observed-memory.js';

describe('observeOnce', () => {
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

describe('remember', () => {
  test('is the domain events by position, and the last checkpoint of each feeder', () => {
    const checkpoint = { position: 1, reset: false, globalPosition: 2 };
    const memory = remember({
      ...NOTHING_OBSERVED,
      log: [event(1), event(2, { system: true })],
      checkpoints: [{ feeder: 'main', subscribers: [], atStart: 0, writes: [checkpoint] }],
    });
    expect(eventsSeen(remembered(memory))).toEqual(new Map([[1, 'e1']]));
    expect(remembered(memory).checkpoints).toEqual([['main', 1]]);
  });

  test('keeps ids apart, whatever is in them', () => {
    const ids = ['1:2:e1;', '', ';:', 'e\n"'];
    const log = ids.map((messageId, index) => event(index + 1, { messageId }));
    const memory = remembered(remember({ ...NOTHING_OBSERVED, log }));
    expect([...eventsSeen(memory)]).toEqual(ids.map((id, index) => [index + 1, id]));
  });

  test('is what a log begins with that has lost nothing of it and got nothing in between', () => {
    const seen = remembered(remember({ ...NOTHING_OBSERVED, log: [event(1), event(3)] }));
    expect(beginsAsSeen({ log: [event(1), event(2, { system: true }), event(3), event(4)] }, seen)).toBe(
      true,
    );
    expect(beginsAsSeen({ log: [event(1), event(2), event(3)] }, seen)).toBe(false);
    expect(beginsAsSeen({ log: [event(1), event(3, { messageId: 'other' })] }, seen)).toBe(false);
    expect(beginsAsSeen({ log: [event(1)] }, seen)).toBe(false);
  });

  test('is nothing before the first crash', () => {
    expect(eventsSeen(remembered(undefined))).toEqual(new Map());
    expect(remembered(undefined).checkpoints).toEqual([]);
  });
});

test("domainEvents leaves out the system's own events", () => {
  const log = [event(1), event(2, { system: true })];
  expect(domainEvents({ ...NOTHING_OBSERVED, log })).toEqual([event(1)]);
});

test('batchOf: message ids contain the command, the size of the batch and the index in it', () => {
  expect(batchOf(3, 'Noted', [1, 2]).map(({ messageId }) => messageId)).toEqual([
    'command-3/1of2',
    'command-3/2of2',
  ]);
});
