import { Buffer } from 'node:buffer';
import { beforeAll, describe, expect, test } from 'vitest';
import { CorruptLogError, examineLog, openEventStore, repairLog } from '../../src/event-store/index.js';
import { openReadModel } from '../../src/read-models/index.js';
import { campaignOf, type PutToTheStore } from './campaign.js';
import { makeCorpus, type SoundLog } from './corpus.js';
import type { Mutated } from './mutations.js';
import { intactEvents, judge, type Tested } from './trial.js';

const shipped: Tested = {
  open: openEventStore,
  examine: examineLog,
  repair: repairLog,
  openModel: openReadModel,
};

let corpus: readonly SoundLog[];
const soundLog = (name: string): SoundLog => {
  const found = corpus.find((log) => log.name === name);
  if (found === undefined) throw new Error(`there is no sound log '${name}'`);
  return found;
};
beforeAll(async () => {
  corpus = await makeCorpus();
});

describe('campaignOf: a part of the campaign', () => {
  let put: PutToTheStore;
  const outcomes = new Map<string, number>();
  beforeAll(async () => {
    put = await campaignOf(6);
  });

  test('finds nothing wrong, and meets every outcome often', async () => {
    for (let number = 0; number < 500; number++) {
      const { verdict, mutated } = await put(number);
      expect(verdict.wrong, `log ${number}: ${mutated.did.join('; ')}`).toBeUndefined();
      outcomes.set(verdict.outcome, (outcomes.get(verdict.outcome) ?? 0) + 1);
    }
    expect([...outcomes.values()].filter((count) => count > 30)).toHaveLength(4);
  });

  test('makes the same log again from its number', async () => {
    const one = await put(42);
    const again = await (await campaignOf(6))(42);
    expect(again.mutated.did).toEqual(one.mutated.did);
    expect(again.mutated.files).toEqual(one.mutated.files);
    expect((await (await campaignOf(7))(42)).mutated.did).not.toEqual(one.mutated.did);
  });
});

test('makeCorpus: the sound logs have the shapes that their names say', () => {
  expect(soundLog('one segment').segments).toHaveLength(1);
  expect(soundLog('full segments').segments.length).toBeGreaterThan(1);
  expect([...soundLog('full segments').files.keys()]).toContain('00000001.index');
  const { frames } = soundLog('groups').segments[0] ?? { frames: [] };
  expect(frames.some(({ offset, groupStart }) => groupStart > 0 && groupStart < offset)).toBe(true);
  // Thirty-two events were written, every second one a checkpoint.
  expect(soundLog('compacted segments').events.length).toBeLessThan(32);
  expect(soundLog('nothing in it').files.size).toBe(0);
});

describe('intactEvents', () => {
  const intactAfter = (change: (bytes: Buffer) => Buffer) => {
    const sound = soundLog('full segments');
    const files = new Map(sound.files);
    const name = '00000002.log';
    files.set(name, change(Buffer.from(files.get(name) ?? Buffer.alloc(0))));
    return intactEvents(sound, files);
  };
  const second = () => soundLog('full segments').segments[1];

  test('is everything when nothing but room at the end is gone', () => {
    const end = second()?.frames.at(-1);
    const all = soundLog('full segments').events.length;
    expect(intactAfter((bytes) => bytes)).toBe(all);
    expect(intactAfter((bytes) => bytes.subarray(0, (end?.offset ?? 0) + (end?.bytes ?? 0)))).toBe(all);
  });

  test('ends with the last frame in front of the first changed byte', () => {
    const frame = second()?.frames[1];
    const before = second()?.eventsUpTo[0];
    const upTo = second()?.eventsUpTo[1];
    const changedAt = (at: number) =>
      intactAfter((bytes) => {
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        return bytes;
      });
    const end = (frame?.offset ?? 0) + (frame?.bytes ?? 0);
    expect(changedAt(frame?.offset ?? 0)).toBe(before);
    expect(changedAt(end - 1)).toBe(before);
    expect(changedAt(end)).toBe(upTo);
    expect(intactAfter((bytes) => bytes.subarray(0, end - 1))).toBe(before);
  });
});

describe('judge: finds a worse store', () => {
  const damaged = (): Mutated => {
    const files = new Map(soundLog('full segments').files);
    const bytes = Buffer.from(files.get('00000002.log') ?? Buffer.alloc(0));
    bytes.fill(0, 600);
    files.set('00000002.log', bytes);
    return { files, did: [], kinds: [], forged: false };
  };
  const untouched = (): Mutated => ({
    files: soundLog('full segments').files,
    did: [],
    kinds: [],
    forged: false,
  });
  const verdictOn = (worse: Partial<Tested>, mutated = damaged()) =>
    judge(soundLog('full segments'), mutated, { ...shipped, ...worse });

  /** A store that opens as it should, but of whose events something is made. */
  const reading =
    (worse: <Event>(events: readonly Event[]) => readonly Event[]): Tested['open'] =>
    async (...args) => {
      const store = await openEventStore(...args);
      return Object.create(store, {
        readAll: { value: async () => worse(await store.readAll()) },
        readStream: { value: store.readStream.bind(store) },
        appendToStream: { value: store.appendToStream.bind(store) },
        close: { value: store.close.bind(store) },
      });
    };

  test('and the shipped one is not', async () => {
    expect(await verdictOn({})).toEqual({ outcome: 'cut: opened with the log up to the damage, or further' });
  });

  test.each<[string, Partial<Tested>, string]>([
    ['gives less than is intact', { open: reading((events) => events.slice(0, 5)) }, 'not in itself'],
    [
      'gives what never was',
      { open: reading((events) => [...events.slice(1), ...events.slice(0, 1)]) },
      'not in itself',
    ],
    [
      'fails without a type',
      { open: () => Promise.reject(new RangeError('out of bounds')) },
      'an error of no type',
    ],
    [
      'names no place in the log',
      { open: () => Promise.reject(new CorruptLogError('/data/none.log', 7, 'x')) },
      'names no place',
    ],
    [
      'refuses what verify calls sound',
      { open: () => Promise.reject(new CorruptLogError('/data/00000001.log', 0, 'x')) },
      'verify finds 0 damages',
    ],
    [
      'dumps less than is intact',
      { examine: (fs, directory) => examineLog(fs, directory) },
      'dump gives 0 events',
    ],
  ])('that %s', async (_, worse, words) => {
    const verdict = await verdictOn(worse);
    expect(verdict.outcome).toBe('WRONG');
    expect(verdict.wrong).toContain(words);
  });

  test('that stores a known message again', async () => {
    const open: Tested['open'] = async (...options) => {
      const store = await openEventStore(...options);
      const append = store.appendToStream.bind(store);
      const forgetful: typeof append = (streamName, events) =>
        append(
          streamName,
          events.map(({ type, data }) => ({ type, data })),
        );
      return Object.assign(store, { appendToStream: forgetful });
    };
    const verdict = await verdictOn({ open }, untouched());
    expect(verdict.wrong).toMatch(/^event [0-9]+ was appended a second time$/);
  });

  test('that believes the read model of another store', async () => {
    const own = untouched();
    const files = new Map(own.files);
    for (const name of ['first.0', 'first.1'])
      files.set(name, soundLog('closed, full segments, of another store').files.get(name) ?? Buffer.alloc(0));
    const openModel: Tested['openModel'] = (projection, storage) => {
      if (storage.durability === 'volatile') return openReadModel(projection, storage);
      const { fs, directory } = storage;
      return openReadModel(projection, { durability: 'durable', fs, directory });
    };
    const swapped = { ...own, files };
    expect((await verdictOn({ openModel }, swapped)).wrong).toMatch(/^read model first comes to /);
    expect((await verdictOn({}, swapped)).wrong).toBeUndefined();
  });

  test('whose repair leaves a log that does not open', async () => {
    const mutated = damaged();
    const first = Buffer.from(mutated.files.get('00000001.log') ?? Buffer.alloc(0));
    first.fill(0xff, 700, 720);
    const files = new Map(mutated.files).set('00000001.log', first);
    const repair: Tested['repair'] = async (fs, directory) => ({
      before: await examineLog(fs, directory),
      givenUpFrom: undefined,
    });
    expect((await verdictOn({}, { ...mutated, files })).outcome).toMatch('refused');
    expect(await verdictOn({ repair }, { ...mutated, files })).toMatchObject({ outcome: 'WRONG' });
  });
});
