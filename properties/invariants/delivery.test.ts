import { describe, expect, test } from 'vitest';
import { type CheckpointWrite, NOTHING_OBSERVED } from '../observation/observation.js';
import { remember } from '../observation/observed-memory.js';
import { event, judged, subscriber } from '../testing/invariants.js';
import {
  boundedReplay,
  checkpointSafety,
  isolation,
  monotonicity,
  noLoss,
  order,
  publishedIsDurable,
} from './index.js';

const log = [event(1), event(2), event(3)];
const checkpoint = (...writes: CheckpointWrite[]) => ({
  feeder: 'main',
  subscribers: ['letters'],
  atStart: 0,
  writes,
});
const write = (position: number, changes: Partial<CheckpointWrite> = {}): CheckpointWrite => ({
  position,
  reset: false,
  globalPosition: position + 1,
  ...changes,
});

describe('noLoss', () => {
  test('holds when every event was handled or parked, and system events are nobody’s', async () => {
    const events = [event(1), event(2), event(3, { system: true })];
    const parked = [{ subscriber: 'letters', globalPosition: 2 }];
    expect(await judged(noLoss, { log: events, subscribers: [subscriber(1)], parked })).toBeUndefined();
  });

  test('fails when an event was neither handled nor parked', async () => {
    expect(await judged(noLoss, { log, subscribers: [subscriber(2)] })).toBe(
      'letters never handled Happened (event 3 of s, position 3 of the log)',
    );
  });

  test('fails when an event was parked by another subscriber only', async () => {
    const parked = [{ subscriber: 'balances', globalPosition: 3 }];
    expect(await judged(noLoss, { log, subscribers: [subscriber(2)], parked })).toContain(
      'letters never handled',
    );
  });
});

describe('order', () => {
  const handed = (start: number, ...delivered: number[]) => ({
    log,
    subscribers: [subscriber(0, { start, delivered })],
  });

  test('holds for deliveries that go on after the checkpoint and repeat what lies behind it', async () => {
    expect(await judged(order, handed(1, 2, 3))).toBeUndefined();
    expect(await judged(order, handed(0, 1, 2, 1, 2, 3))).toBeUndefined();
    expect(await judged(order, handed(3))).toBeUndefined();
  });

  test.each([
    [
      'a first delivery that leaves one out',
      handed(0, 2),
      'letters began with the log and was first handed position 2, not 1',
    ],
    [
      'a first delivery out of order',
      handed(0, 1, 3, 2),
      'was handed position 2 for the first time after position 3',
    ],
    [
      'a delivery from behind the checkpoint',
      handed(1, 2, 1),
      'was handed position 1, though it resumed after 1',
    ],
  ])('fails for %s', async (_, observation, says) => {
    expect(await judged(order, observation)).toContain(says);
  });
});

describe('checkpointSafety', () => {
  test('holds when delivery began at or before what was durably applied', async () => {
    const subscribers = [subscriber(0, { start: 1, appliedAtStart: 2 })];
    const checkpoints = [checkpoint(write(1), write(2, { globalPosition: 4 }))];
    expect(await judged(checkpointSafety, { log, subscribers, checkpoints })).toBeUndefined();
  });

  test('fails when the checkpoint was ahead of the handler', async () => {
    const subscribers = [subscriber(0, { start: 2, appliedAtStart: 1 })];
    expect(await judged(checkpointSafety, { log, subscribers })).toBe(
      'delivery to letters began after position 2 of the log, though it had durably applied only what is up to 1: position 2 is skipped',
    );
  });

  test('fails for a durable checkpoint over a volatile read model', async () => {
    const subscribers = [subscriber(0, { name: 'overview', durability: 'volatile', start: 1 })];
    expect(await judged(checkpointSafety, { log, subscribers })).toBe(
      'delivery to overview began after position 1 of the log, though it is volatile and started empty: position 1 is skipped',
    );
  });

  test('fails when the checkpoint was ahead, even if delivery began where it should', async () => {
    const subscribers = [subscriber(0, { durability: 'durable', start: 1, appliedAtStart: 1 })];
    const checkpoints = [{ ...checkpoint(write(2)), atStart: 2 }];
    expect(await judged(checkpointSafety, { log, subscribers, checkpoints })).toBe(
      'the checkpoint of main stood at 2, but letters had durably applied only what is up to 1',
    );
  });

  test('fails for a checkpoint that names a position not yet used', async () => {
    const checkpoints = [checkpoint(write(3, { globalPosition: 3 }))];
    expect(await judged(checkpointSafety, { log, checkpoints })).toContain(
      'names position 3 of the log, which did not exist yet',
    );
  });
});

describe('monotonicity', () => {
  const showed = (position: number) => ({
    observed: remember({ ...NOTHING_OBSERVED, checkpoints: [checkpoint(write(position))] }),
  });

  test('holds for checkpoints that advance, stand still, or are reset on purpose', async () => {
    const checkpoints = [checkpoint(write(1), write(2), write(2), write(0, { reset: true }), write(1))];
    expect(await judged(monotonicity, { checkpoints }, showed(1))).toBeUndefined();
  });

  test('fails when a checkpoint goes back', async () => {
    expect(await judged(monotonicity, { checkpoints: [checkpoint(write(2), write(1))] })).toBe(
      'the checkpoint of main went back from 2 to 1 with no reset',
    );
  });

  test('fails when a later life has an older checkpoint', async () => {
    expect(await judged(monotonicity, { checkpoints: [checkpoint(write(1))] }, showed(2))).toBe(
      'an earlier life showed checkpoint 2 of main; now it is 1',
    );
  });

  test('fails when a feeder that was replaced writes again', async () => {
    const writes = ['A', 'B', 'A'].map((writer, index) => write(index, { writer }));
    expect(await judged(monotonicity, { checkpoints: [checkpoint(...writes)] })).toBe(
      'a stale feeder of main (writer A) wrote checkpoint 2 after another had taken over',
    );
    expect(await judged(monotonicity, { checkpoints: [checkpoint(...writes.slice(0, 2))] })).toBeUndefined();
  });
});

describe('boundedReplay', () => {
  const again = (replayLimit: number | undefined) => ({
    log,
    subscribers: [
      subscriber(3, { appliedAtStart: 2, ...(replayLimit === undefined ? {} : { replayLimit }) }),
    ],
  });

  test('holds within the limit, and where none is promised', async () => {
    expect(await judged(boundedReplay, again(2))).toBeUndefined();
    expect(await judged(boundedReplay, again(undefined))).toBeUndefined();
  });

  test('fails past the limit', async () => {
    expect(await judged(boundedReplay, again(1))).toBe(
      'letters was handed 2 events again that it had durably applied; at most 1 may be',
    );
  });
});

describe('isolation', () => {
  const parked = [{ subscriber: 'letters', globalPosition: 2 }];
  const others = subscriber(3, { name: 'balances' });

  test('holds when the others and later events went on', async () => {
    const subscribers = [subscriber(0, { handled: new Set([1, 3]) }), others];
    expect(await judged(isolation, { log, parked, subscribers })).toBeUndefined();
  });

  test('fails when the failure starved another subscriber', async () => {
    const subscribers = [subscriber(0, { handled: new Set([1, 3]) }), subscriber(1, { name: 'balances' })];
    expect(await judged(isolation, { log, parked, subscribers })).toContain(
      'letters failed on position 2 of the log, and balances never got Happened (event 2',
    );
  });

  test('fails when the failure starved the next event of the same subscriber', async () => {
    const subscribers = [subscriber(0, { handled: new Set([1]) }), others];
    expect(await judged(isolation, { log, parked, subscribers })).toContain(
      'and letters never got Happened (event 3',
    );
  });
});

describe('publishedIsDurable', () => {
  const published = [{ messageId: 'e1', effect: 'a letter was posted' }];

  test('holds when the event of every effect is in the log', async () => {
    expect(await judged(publishedIsDurable, { log, published })).toBeUndefined();
  });

  test('fails when the power cut took the event back', async () => {
    expect(await judged(publishedIsDurable, { published })).toBe(
      'a letter was posted, but event e1, which it is about, is not in the log',
    );
  });
});
