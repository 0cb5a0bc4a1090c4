import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { globalPosition } from '../../src/event-store/event.js';
import { openEventStore } from '../../src/event-store/index.js';
import { realEnvironment } from '../../src/real-environment.js';
import { Ledger } from './ledger.js';
import { contentOf, letters, openModels } from './work.js';

const STREAM = 'writer-0-0';

/** A log of `count` events as the working process writes them. */
const directoryWith = async (count: number, content = contentOf): Promise<string> => {
  const directory = mkdtempSync(join(tmpdir(), 'powercut-soak-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(`${directory}/log`);
  const store = await openEventStore(realEnvironment(), `${directory}/log`);
  for (let version = 1; version <= count; version++)
    await store.appendToStream(STREAM, [{ type: 'written', data: content(STREAM, version) }]);
  await store.close();
  return directory;
};

const acknowledging = (...positions: readonly number[]): Ledger => {
  const ledger = new Ledger();
  for (const [index, position] of positions.entries()) ledger.acknowledge(STREAM, index + 1, position);
  return ledger;
};

test('Ledger: a log that holds what was acknowledged, and an event more, passes', async () => {
  const directory = await directoryWith(3);
  const ledger = acknowledging(1, 2);
  // The check itself feeds the models, and leaves a checkpoint.
  expect(await ledger.check(directory)).toMatchObject({ events: 4, behind: 3 });
  expect(await ledger.check(directory)).toMatchObject({ events: 4, behind: 1 });
  await ledger.checkAll(directory);
});

test.each<[string, () => Promise<string>, Ledger, string]>([
  [
    'an acknowledged event that is lost',
    () => directoryWith(1),
    acknowledging(1, 2),
    'was acknowledged, and is lost',
  ],
  ['an event in another place', () => directoryWith(2), acknowledging(2), 'acknowledged at 2, and is at 1'],
  [
    'an event that is not as written',
    () => directoryWith(1, () => 'x'),
    acknowledging(1),
    'not as it was written',
  ],
])('%s is found', async (_, make, ledger, words) => {
  await expect(ledger.check(await make())).rejects.toThrow(words);
});

test('Ledger: a durable model that is not the log up to its position is found', async () => {
  const directory = await directoryWith(2);
  const { models } = await openModels(realEnvironment(), directory);
  models[0]?.replace({ [STREAM]: { events: 7, letters: 7 } }, globalPosition(1), letters('durable'));
  for (const model of models) await model.flush();
  for (const model of models) await model.close();
  await expect(new Ledger().check(directory)).rejects.toThrow('is not the log up to there');
});
