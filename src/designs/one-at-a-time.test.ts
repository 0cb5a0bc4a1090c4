import { describe, expect, it } from 'vitest';
import { turns } from '../testing/test-environment.js';
import { oneAtATime } from './one-at-a-time.js';

describe('oneAtATime', () => {
  it('runs actions in order, none before the one before it has ended, well or badly', async () => {
    const log: string[] = [];
    const queue = oneAtATime();
    const action =
      (name: string, fails = false) =>
      async () => {
        log.push(`begin ${name}`);
        await turns(1);
        log.push(`end ${name}`);
        if (fails) throw new Error(name);
        return name;
      };
    const [a, b] = [queue.run(action('a', true)), queue.run(action('b'))];
    await expect(a).rejects.toThrow('a');
    expect(await b).toBe('b');
    expect(log).toEqual(['begin a', 'end a', 'begin b', 'end b']);
  });

  it('is drained when all that was asked for is done', async () => {
    const queue = oneAtATime();
    let done = false;
    void queue.run(async () => {
      await turns(1);
      done = true;
    });
    await queue.drained();
    expect(done).toBe(true);
  });
});
