import { describe, expect, it } from 'vitest';
import { Progress } from './progress.js';

const handler = (progress: Progress, index: number) => {
  const found = progress.handlers[index];
  if (found === undefined) throw new RangeError(`there is no handler ${index}`);
  return found;
};

const readUpTo = (progress: Progress, position: number): void => {
  for (const each of progress.handlers) each.readUpTo(position);
};

describe('Progress', () => {
  it('begins where the handler that is furthest behind begins', () => {
    const progress = new Progress([
      { name: 'a', startedAfter: 7 },
      { name: 'b', startedAfter: 3 },
    ]);
    expect([progress.handledUpTo, progress.lastHandled]).toEqual([3, 0]);
    expect(progress.handlers.map(({ read }) => read)).toEqual([7, 3]);
    expect(progress.handledUpToBy(handler(progress, 0))).toBe(7);
  });

  it('is that of the slowest handler', () => {
    const progress = new Progress([
      { name: 'a', startedAfter: 0 },
      { name: 'b', startedAfter: 0 },
    ]);
    for (const position of [1, 2, 3]) progress.feed(position, progress.handlers);
    readUpTo(progress, 3);
    for (const position of [1, 2, 3]) handler(progress, 0).complete(position);
    handler(progress, 1).complete(1);
    expect([progress.handledUpTo, progress.lastHandled, progress.pending]).toEqual([1, 1, 2]);
  });

  it('does not pass over a gap', () => {
    const progress = new Progress([{ name: 'a', startedAfter: 0 }]);
    for (const position of [2, 4, 5, 9]) progress.feed(position, progress.handlers);
    readUpTo(progress, 9);
    const a = handler(progress, 0);
    for (const position of [5, 2, 9]) a.complete(position);
    expect([progress.handledUpTo, a.pending]).toEqual([2, 3]);
    a.complete(4);
    expect([progress.handledUpTo, a.pending]).toEqual([9, 0]);
  });

  it('counts what was read and not fed, but does not say of it that it was handled', () => {
    const progress = new Progress([{ name: 'a', startedAfter: 0 }]);
    progress.feed(2, progress.handlers);
    readUpTo(progress, 6);
    handler(progress, 0).complete(2);
    expect([progress.handledUpTo, progress.lastHandled]).toEqual([6, 2]);
  });

  it('of nobody is what was read', () => {
    const progress = new Progress([]);
    progress.passAll(4);
    expect([progress.handledUpTo, progress.pending]).toEqual([4, 0]);
  });

  it('hands to each only what it has not been read yet, and goes on without those that have no room', () => {
    const progress = new Progress([
      { name: 'a', startedAfter: 0 },
      { name: 'b', startedAfter: 2 },
    ]);
    expect(progress.hungry(9, 2).map(({ name }) => name)).toEqual(['a', 'b']);
    expect([1, 2, 3, 4].map((position) => [...progress.feed(position, progress.handlers)])).toEqual([
      ['a'],
      ['a'],
      ['a', 'b'],
      ['a', 'b'],
    ]);
    readUpTo(progress, 4);
    for (const position of [3, 4]) handler(progress, 1).complete(position);
    expect(progress.hungry(9, 4).map(({ name }) => name)).toEqual(['b']);
    expect([progress.handledUpTo, progress.lastFed, progress.lastHandled]).toEqual([0, 4, 0]);
  });
});
