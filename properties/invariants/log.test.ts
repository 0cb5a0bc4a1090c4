import { describe, expect, test } from 'vitest';
import type { History, Json } from '../../sim/suite/suite.js';
import { type Claim, NOTHING_OBSERVED } from '../observation/observation.js';
import { remember } from '../observation/observed-memory.js';
import { event, judged } from '../testing/invariants.js';
import { atomicity, concurrency, durability, positions, retry } from './index.js';

const claim = (status: Claim['status'], ...events: Claim['events']): Claim => ({
  command: 0,
  status,
  events,
});
const seen = (...positionsSeen: number[]) => ({
  observed: remember({ ...NOTHING_OBSERVED, log: positionsSeen.map((position) => event(position)) }),
});

describe('durability', () => {
  test('holds when what was acknowledged is in the log, whatever became of the rest', async () => {
    const claims = [claim('acknowledged', event(1)), claim('unknown'), claim('rejected')];
    expect(await judged(durability, { log: [event(1)], claims })).toBeUndefined();
  });

  test('fails when an acknowledged event is gone', async () => {
    expect(await judged(durability, { claims: [claim('acknowledged', event(1))] })).toBe(
      'Happened (event 1 of s, position 1 of the log) was acknowledged and is not in the log',
    );
  });

  test.each([
    [{ data: { n: 2 } }, 'its data.n is now 2, not 1'],
    [{ type: 'Other' }, 'its type is now Other'],
    [{ streamName: 't' }, 'it is now event 1 of t'],
    [{ messageId: 'x' }, 'another event stands in its place: Happened (event 1 of s, position 1 of the log)'],
  ])('fails when an acknowledged event came back as %j', async (change, says) => {
    const observation = { log: [event(1, change)], claims: [claim('acknowledged', event(1))] };
    expect(await judged(durability, observation)).toContain(`was acknowledged, but ${says}`);
  });
});

describe('atomicity', () => {
  const part = (position: number) => event(position, { batch: { id: 'b', size: 2 } });

  test('holds for a whole batch, and for one that is wholly absent', async () => {
    expect(await judged(atomicity, { log: [part(1), part(2)] })).toBeUndefined();
    expect(await judged(atomicity, {})).toBeUndefined();
  });

  test('fails for half a batch', async () => {
    expect(await judged(atomicity, { log: [part(1)] })).toBe('the log holds 1 of the 2 events of batch b');
  });

  test('holds when the log still begins with what an earlier life showed', async () => {
    expect(await judged(atomicity, { log: [event(1), event(2)] }, seen(1))).toBeUndefined();
  });

  test('fails when an event that an earlier life showed is gone', async () => {
    expect(await judged(atomicity, { log: [event(1)] }, seen(1, 2))).toBe(
      'an earlier life showed event e2 at position 2 of the log; now there is nothing',
    );
  });
});

describe('positions', () => {
  test('holds for contiguous streams in one total order', async () => {
    const log = [event(1), event(2, { streamName: 't', streamPosition: 1 }), event(3, { streamPosition: 2 })];
    expect(await judged(positions, { log }, seen(1))).toBeUndefined();
  });

  test.each([
    ['a hole in the global order', [event(1), event(3, { streamPosition: 2 })], '1 positions up to 3'],
    ['a hole at the start of the global order', [event(2, { streamPosition: 1 })], '1 positions up to 2'],
    [
      'a position given twice',
      [event(1), event(1, { streamName: 't' })],
      'follows position 1 in the global order',
    ],
    ['a hole in a stream', [event(1), event(2, { streamPosition: 3 })], 'follows position 1 of its stream'],
    ['a stream that begins at 2', [event(1, { streamPosition: 2 })], 'follows position 0 of its stream'],
  ])('fails for %s', async (_, log, says) => {
    expect(await judged(positions, { log })).toContain(says);
  });

  test('holds where the oldest events of a system stream were retired, and only they', async () => {
    const log = [event(1), event(4, { streamName: '$c', streamPosition: 3, system: true })];
    expect(await judged(positions, { log })).toBeUndefined();
    expect(await judged(positions, { log: log.slice(1) })).toBe(
      '1 positions up to 4 of the log hold no event',
    );
  });

  test('fails when an event appears below what a reader had already seen', async () => {
    expect(await judged(positions, { log: [event(1), event(2)] }, seen(2))).toContain(
      'appeared after a reader had already seen position 2',
    );
  });
});

describe('concurrency', () => {
  const race = (...succeeded: (boolean | undefined)[]) => ({
    streamName: 's',
    contenders: succeeded.map((won, index) => ({ messageId: `e${index + 1}`, succeeded: won })),
  });

  test('holds when one of the contenders is in the log', async () => {
    expect(await judged(concurrency, { log: [event(1)], races: [race(true, false)] })).toBeUndefined();
  });

  test.each([
    ['two winners', race(true, true), '2 of 2 appends to s that expected the same version succeeded'],
    ['no winner', race(false, false), '0 of 2 appends to s that expected the same version succeeded'],
  ])('fails for %s', async (_, lost, says) => {
    expect(await judged(concurrency, { races: [lost] })).toBe(says);
  });

  test('fails when the loser left a trace', async () => {
    expect(await judged(concurrency, { log: [event(1), event(2)], races: [race(true, false)] })).toBe(
      'event e2, to s, was refused, yet the log holds it',
    );
  });

  test('of appends that a power cut interrupted at most one may be there', async () => {
    const races = [race(undefined, undefined)];
    expect(await judged(concurrency, { log: [event(2)], races })).toBeUndefined();
    expect(await judged(concurrency, { log: [event(1), event(2)], races })).toBe(
      'the log holds event e1 and event e2, which both expected the same version of s',
    );
  });

  test('fails when a rejected command left a trace, and holds when it left none', async () => {
    const claims = [claim('rejected')];
    expect(await judged(concurrency, { claims, log: [event(1, { command: 1 })] })).toBeUndefined();
    expect(await judged(concurrency, { claims, log: [event(1, { command: 0 })] })).toContain(
      'the first command was refused, yet the log holds Happened',
    );
  });
});

describe('retry', () => {
  const once: Partial<History<unknown>> = {
    commands: [
      {
        index: 0,
        command: 'increment',
        outcome: { status: 'acknowledged', result: { version: 1 } },
        attempts: 1,
      },
    ],
  };
  const answering = (result: Json, growth = 0) => {
    let head = 1;
    const resend = async () => {
      head += growth;
      return result;
    };
    return (observe: Parameters<typeof retry>[0]) =>
      retry(observe, { resend, head: () => head, describe: () => 'deposit' });
  };

  test('holds when the same ids give the same answer and the log stays as it is', async () => {
    expect(await judged(answering({ version: 1 }), { log: [event(1)] }, once)).toBeUndefined();
  });

  test('fails when the answer is another', async () => {
    expect(await judged(answering({ version: 2 }), { log: [event(1)] }, once)).toBe(
      '"deposit" was sent once more under the same id, as by a client who never heard the answer: the answer is now "version 2", and was "version 1"',
    );
  });

  test('fails when the log grows', async () => {
    expect(await judged(answering({ version: 1 }, 1), { log: [event(1)] }, once)).toBe(
      'commands that had been acknowledged were sent once more under the same ids, as by a client who never heard the answer, and 1 event more is in the log',
    );
  });

  test('fails when one message id stands in the log twice', async () => {
    const log = [event(1), event(2, { messageId: 'e1' })];
    expect(await judged(answering({ version: 1 }), { log })).toBe('the log holds event e1 twice');
  });
});
