import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ByteStore, directoryStore } from './byte-store.js';
import { CampaignData, type CampaignOutcome } from './campaign-data.js';

const OUTCOME: CampaignOutcome = { results: [], isComplete: true, seed: 1, seconds: 2 };
const FOUND = { kind: 'too large' } as const;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'powercut-campaigns-'));
});
afterEach(() => rm(directory, { recursive: true }));

class Killed extends Error {}

/** A store whose process is killed before it has changed anything for the nth time. */
const killedAt = (store: ByteStore, nth: number): ByteStore => {
  let changes = 0;
  const change =
    <Args extends readonly unknown[]>(act: (...args: Args) => Promise<void>) =>
    async (...args: Args): Promise<void> => {
      changes += 1;
      if (changes === nth) throw new Killed();
      await act(...args);
    };
  return { ...store, write: change(store.write), remove: change(store.remove), clear: change(store.clear) };
};

describe('CampaignData', () => {
  test('that ends keeps its outcome, and nothing else', async () => {
    const store = directoryStore(directory);
    const data = new CampaignData(store, 'c1', '');
    await data.saveResult('u1', FOUND);
    await data.end(OUTCOME);
    expect(await data.outcome()).toEqual(OUTCOME);
    expect(await data.result('u1')).toBeUndefined();
    await data.end(undefined);
    expect(await store.campaigns()).toEqual([]);
  });

  test('killed at any step of its end has its outcome, or all that was explored', async () => {
    const store = directoryStore(directory);
    for (let step = 1; step <= 4; step++) {
      const data = new CampaignData(killedAt(store, 2 + step), 'c1', '');
      // A write, and a removal of the unit.
      await data.saveResult('u1', FOUND);
      const ended = await data.end(OUTCOME).then(
        () => true,
        (thrown: unknown) => {
          if (!(thrown instanceof Killed)) throw thrown;
          return false;
        },
      );
      expect(ended).toBe(step === 4);
      const after = new CampaignData(store, 'c1', '');
      const [outcome, result] = [await after.outcome(), await after.result('u1')];
      expect(outcome !== undefined || result !== undefined).toBe(true);
      await store.clear('c1');
    }
  });
});
