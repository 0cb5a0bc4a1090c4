import { describe, expect, test } from 'vitest';
import { emptyHistory, event, judged, subscriber } from '../testing/invariants.js';
import {
  failLoud,
  liveness,
  projectionEquality,
  readYourWrites,
  rest,
  stoppedIsStopped,
  usable,
} from './index.js';
import { SETTLE_LIMIT_MS } from './liveness.js';
import type { UserAttempt } from './usable.js';

describe('projectionEquality', () => {
  const model = (balance: number) => ({
    name: 'balances',
    durability: 'durable' as const,
    state: { a: { balance } },
    position: 1,
    fresh: { a: { balance: 500 } },
  });

  test('holds when the model is what the log says', async () => {
    expect(await judged(projectionEquality, { readModels: [model(500)] })).toBeUndefined();
  });

  test('fails when the model is stale, and says what it shows and what the log says', async () => {
    expect(await judged(projectionEquality, { readModels: [model(0)] })).toBe(
      'the durable read model balances shows 0 for a.balance, but the log says 500: its users see old data',
    );
  });
});

describe('rest', () => {
  const resting = (growth: number) => {
    let head = 1;
    const settle = async () => {
      head += growth;
    };
    return (observe: Parameters<typeof rest>[0]) => rest(observe, { settle, head: () => head });
  };
  const wrote = (...positions: number[]) => ({
    checkpoints: [
      {
        feeder: 'main',
        subscribers: [],
        atStart: 0,
        writes: positions.map((position) => ({ position, reset: false, globalPosition: 9, writer: 'A' })),
      },
    ],
  });

  test('holds when a system at rest writes nothing', async () => {
    expect(await judged(resting(0), wrote(1, 2))).toBeUndefined();
  });

  test('fails when a system at rest goes on writing', async () => {
    expect(await judged(resting(1), {})).toBe('a quiescent system wrote 1 event to its own log');
  });

  test('fails when a feeder writes the same checkpoint again', async () => {
    expect(await judged(resting(0), wrote(2, 2))).toBe(
      'the feeder main wrote checkpoint 2 twice in a row, with nothing handled in between',
    );
  });
});

describe('liveness', () => {
  test('holds when everyone has caught up in time', async () => {
    expect(await judged(liveness, { subscribers: [subscriber(0)], settledAfterMs: 10 })).toBeUndefined();
  });

  test('fails when a subscriber is stuck behind', async () => {
    expect(await judged(liveness, { subscribers: [subscriber(0, { lag: 2 })] })).toBe(
      'letters is still 2 positions behind the log, with nothing left that would move it',
    );
  });

  test('fails when coming to rest takes for ever', async () => {
    expect(await judged(liveness, { settledAfterMs: SETTLE_LIMIT_MS + 1 })).toContain(
      'simulated ms to become quiescent',
    );
  });
});

describe('readYourWrites', () => {
  const wait = { model: 'balances', position: 2, outcome: 'resolved', included: 2, stopped: false } as const;

  test('holds when a resolved wait is visible, and when a stopped one rejects', async () => {
    const refused = { ...wait, outcome: 'rejected', included: 0, stopped: true } as const;
    expect(await judged(readYourWrites, { waits: [wait, refused] })).toBeUndefined();
  });

  test('fails when the model does not include what was waited for', async () => {
    expect(await judged(readYourWrites, { waits: [{ ...wait, included: 1 }] })).toBe(
      'a wait until balances includes position 2 resolved when it included only 1',
    );
  });

  test('fails when a wait resolves after the stop', async () => {
    expect(await judged(readYourWrites, { waits: [{ ...wait, stopped: true }] })).toBe(
      'a wait for position 2 of balances resolved after the stop',
    );
  });
});

describe('failLoud', () => {
  const start = (refusedWith: string | undefined) => ({
    starts: [{ damage: 'names position 9 of 3', refusedWith }],
  });

  test('holds for a typed error', async () => {
    expect(await judged(failLoud, start('CHECKPOINT_BEYOND_HEAD'))).toBeUndefined();
  });

  test('fails when the feeder starts all the same', async () => {
    expect(await judged(failLoud, start(undefined))).toBe(
      'the feeder started on a checkpoint that names position 9 of 3',
    );
  });

  test('fails for an error that nobody can recognise', async () => {
    expect(await judged(failLoud, start(''))).toContain('was refused with an error that has no code');
  });
});

describe('stoppedIsStopped', () => {
  test('holds when nothing followed the stop', async () => {
    expect(await judged(stoppedIsStopped, { log: [event(1)] })).toBeUndefined();
  });

  test('fails when something did', async () => {
    expect(await judged(stoppedIsStopped, { afterStop: ['letters was handed position 1'] })).toBe(
      'after the stop had resolved, letters was handed position 1',
    );
  });
});

describe('usable', () => {
  const saying = (...outcomes: UserAttempt['outcome'][]) =>
    usable(async () =>
      outcomes.map((outcome) => ({ did: 'Ann opens account a again', outcome, sees: 'no account a' })),
    );
  const complaint = (invariant: ReturnType<typeof saying>) => invariant.check(emptyHistory, {}, 'recovered');

  test('holds when the retry is done, or visibly needless', async () => {
    expect(
      await complaint(saying({ kind: 'done' }, { kind: 'nothing-to-do', visible: true })),
    ).toBeUndefined();
  });

  test('fails with both symptoms: nothing to do while old data shows, and a concurrency error', async () => {
    const both = saying(
      { kind: 'nothing-to-do', visible: false },
      { kind: 'refused', error: 'a concurrency error' },
    );
    expect(await complaint(both)).toBe(
      'Ann opens account a again: the answer is "nothing to do", yet the read model still shows no account a; ' +
        'Ann opens account a again: the answer is a concurrency error',
    );
  });
});
