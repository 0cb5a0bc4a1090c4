/** What `npm run test:campaign` shows without workers: how fast units are handed out, hostile bytes, and what is installed. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import type { CampaignData } from '../../cli/campaign/campaign-data.js';
import type { UnitResult } from '../../cli/campaign/check-result.js';
import type { CampaignRecord } from '../../cli/campaign/record.js';
import type { CampaignUnit } from '../../cli/campaign/unit.js';
import { explorePart } from '../../sim/explore/campaign/explore-part.js';
import type { Slice } from '../../sim/explore/exhaustive/slices.js';
import { boundsOf } from '../../sim/explore/options.js';
import { type Stream, stream } from '../../sim/util/seeded-streams.js';
import { ROOT } from '../sources.js';
import type { Check } from './checks.js';
import type { Cluster } from './cluster.js';
import { shipped } from './shipped.js';

const UNITS = 2_000;
const MUTATIONS = 100_000;
const KEY = 'the key of a test';

/** A module of the package as the project has it, where BullMQ is beside it. */
const moduleOf = async <Module>({ project }: Cluster, path: string): Promise<Module> =>
  import(
    pathToFileURL(join(project.directory, 'node_modules', 'powercut', 'dist', path)).href
  ) as Promise<Module>; // compiled from that source

type Connections = typeof import('../../cli/campaign/queue/connection.js');
type Queues = typeof import('../../cli/campaign/queue/unit-queue.js');
type Data = typeof import('../../cli/campaign/campaign-data.js');

/** A result of the usual size. */
const someResult = async (): Promise<UnitResult> => {
  const options = boundsOf({ workloads: 1, runs: 0, maxCrashes: 1, maxCommands: 2 });
  const tally = await explorePart(await shipped(), options, {
    part: { phase: 'exhaustive', from: 0, count: 1 },
  });
  return { kind: 'explored', tally };
};

const throughput: Check = {
  isQuick: true,
  name: 'units that one machine hands out a second, with no work in them',
  run: async (cluster) => {
    const { connect, queueName } = await moduleOf<Connections>(cluster, 'cli/campaign/queue/connection.js');
    const { UnitQueue } = await moduleOf<Queues>(cluster, 'cli/campaign/queue/unit-queue.js');
    const data = await moduleOf<Data>(cluster, 'cli/campaign/campaign-data.js');
    const connection = await connect(cluster.url, KEY);
    const campaign = new data.CampaignData(connection.store, 'throughput', KEY);
    const queue = new UnitQueue(connection, campaign, {
      suites: 1,
      stallsMax: 1,
      onTrouble: (message) => {
        throw new Error(message);
      },
    });
    const result = await someResult();
    const worker = new connection.engine.Worker(
      queueName('throughput', 0),
      async ({ id = '' }) => campaign.saveResult(id, result),
      {
        connection: connection.redis,
        prefix: 'powercut',
        concurrency: 64,
        lockDuration: 30_000,
        skipStalledCheck: true,
      },
    );
    const began = performance.now();
    const units = Array.from(
      { length: UNITS },
      (_, from): CampaignUnit => ({ suite: 0, assignment: { part: { phase: 'random', from, count: 1 } } }),
    );
    await Promise.all(units.map((unit) => queue.explore(unit)));
    const seconds = (performance.now() - began) / 1000;
    await worker.close();
    await queue.clear();
    await queue.close();
    await campaign.end(undefined);
    connection.close();
    return `${(UNITS / seconds).toFixed(0)} a second, worker and coordinator in one process`;
  },
};

/** Bytes of every kind that are in a queue, each with who reads them. */
interface Target {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Reads them as the product does. Throws, with a code, what it refuses. */
  readonly read: (bytes: Uint8Array) => Promise<unknown>;
}

/** A store with one value, whatever is read. */
const dataWith = ({ CampaignData }: Data, bytes: Uint8Array): CampaignData =>
  new CampaignData(
    {
      campaigns: async () => ['c'],
      read: async () => bytes,
      has: async () => true,
      write: async () => undefined,
      remove: async () => undefined,
      clear: async () => undefined,
      close: async () => undefined,
    },
    'c',
    KEY,
  );

const mutated = (source: Stream, bytes: Uint8Array): Uint8Array => {
  const changed = Buffer.from(bytes);
  switch (source.below(4)) {
    case 0:
      return changed.subarray(0, source.below(changed.length));
    case 1:
      return Buffer.concat([changed, changed.subarray(source.below(changed.length))]);
    default:
      for (let times = 1 + source.below(3); times > 0; times--) {
        const at = source.below(changed.length);
        changed[at] = (changed[at] ?? 0) ^ (1 + source.below(255));
      }
      return changed;
  }
};

/** A value with something else in one place, however deep. */
const forged = (source: Stream, value: unknown): unknown => {
  const wrong = [null, -1, Number.NaN, 'text', [], {}, undefined, new Map(), 2 ** 53, new Uint8Array(1)];
  const other = wrong[source.below(wrong.length)];
  if (value instanceof Map) {
    const keys = [...value.keys()];
    if (keys.length === 0 || source.below(6) === 0) return other;
    const key = keys[source.below(keys.length)];
    return new Map([...value, [key, forged(source, value.get(key))]]);
  }
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return other;
  const names = Object.keys(value);
  if (names.length === 0 || source.below(6) === 0) return other;
  const name = names[source.below(names.length)] ?? '';
  if (Array.isArray(value)) return value.with(Number(name), forged(source, value[Number(name)]));
  return { ...value, [name]: forged(source, Reflect.get(value, name)) };
};

/** The first slices of a workload that is too large for one process. */
const someSlice = async (): Promise<Slice> => {
  let found: Slice | undefined;
  const options = { ...boundsOf({ workloads: 1, runs: 0, maxCrashes: 2, maxCommands: 3 }), sliceStates: 8 };
  const stop = new Error('That is enough.');
  const part = { phase: 'exhaustive', from: 0, count: 1 } as const;
  await explorePart(await shipped(), options, { part }, undefined, (slices) => {
    [found] = slices;
    return Promise.reject(stop);
  }).catch((thrown: unknown) => {
    if (thrown !== stop) throw thrown;
  });
  if (found === undefined) throw new Error('No generation was large enough.');
  return found;
};

const hostile: Check = {
  isQuick: true,
  name: `${MUTATIONS.toLocaleString('en')} mutations of results, units and records: refused with a code, or as good as the original`,
  run: async (cluster) => {
    const modules = await moduleOf<Data>(cluster, 'cli/campaign/campaign-data.js');
    const { seal } = await moduleOf<typeof import('../../cli/campaign/seal.js')>(
      cluster,
      'cli/campaign/seal.js',
    );
    const options = boundsOf({ workloads: 1, runs: 0 });
    const record: CampaignRecord = {
      version: '0.1.0',
      code: 'c',
      packages: '',
      suites: [
        {
          reference: { kind: 'file', path: 'a.suite.ts', index: 0 },
          suite: { name: 'a', expected: 'safe', disk: 'posix', invariants: 1 },
          options,
          content: 'd',
        },
      ],
    };
    const slice = deserialize(serialize(await someSlice()));
    const unit: CampaignUnit = {
      suite: 0,
      assignment: { part: { phase: 'exhaustive', from: 0, count: 1 } },
      slice,
    };
    const values = [
      { purpose: 'result u1', value: await someResult(), read: (data: CampaignData) => data.result('u1') },
      { purpose: 'unit u1', value: unit, read: (data: CampaignData) => data.unit('u1', record) },
      { purpose: 'record', value: record, read: (data: CampaignData) => data.record() },
    ] as const;
    const targets = values.map(
      ({ purpose, value, read }): Target & { readonly forge: (source: Stream) => Uint8Array } => ({
        name: purpose,
        bytes: seal(KEY, purpose, value),
        read: (bytes) => read(dataWith(modules, bytes)),
        forge: (source) => seal(KEY, purpose, forged(source, value)),
      }),
    );
    const source = stream(20, 'fault');
    const counts = { damaged: 0, 'well sealed': 0, refused: 0, accepted: 0 };
    for (const { read, bytes, name } of targets) {
      if ((await read(bytes)) === undefined) throw new Error(`The honest ${name} was not read.`);
    }
    for (let round = 0; round < MUTATIONS; round++) {
      const target = targets[round % targets.length];
      if (target === undefined) continue;
      // One in ten is by somebody with the campaign key.
      const isSealed = round % 10 === 0;
      counts[isSealed ? 'well sealed' : 'damaged'] += 1;
      const bytes = isSealed ? target.forge(source) : mutated(source, target.bytes);
      try {
        await target.read(bytes);
        if (!isSealed && !Buffer.from(bytes).equals(target.bytes))
          throw new Error(`A damaged ${target.name} was accepted.`);
        counts.accepted += 1;
      } catch (thrown) {
        if (Reflect.get(Object(thrown), 'code') !== 'QUEUE_DATA_INVALID') throw thrown;
        counts.refused += 1;
      }
    }
    if (counts.refused < counts.damaged) throw new Error(JSON.stringify(counts));
    return `${counts.damaged} damaged, all refused; ${counts['well sealed']} with the right key, ${counts.accepted} of the right form`;
  },
};

const installed: Check = {
  isQuick: true,
  name: 'npm ci installs neither BullMQ nor ioredis, and nothing needs them without --queue',
  run: async () => {
    const lock = await readFile(join(ROOT, 'package-lock.json'), 'utf8');
    const found = ['bullmq', 'ioredis', 'redis'].filter(
      (name) => lock.includes(`"node_modules/${name}"`) || existsSync(join(ROOT, 'node_modules', name)),
    );
    if (found.length > 0) throw new Error(found.join(', '));
    return 'none';
  },
};

const histories: Check = {
  name: 'the memory of findings: a history of 20 commits, one bug 500 times, moved lines',
  run: async () => {
    const { status, stdout } = spawnSync(
      'npx',
      ['vitest', 'run', '--config', 'vitest.long.config.ts', 'cli/history'],
      {
        cwd: ROOT,
        encoding: 'utf8',
      },
    );
    const lines = stdout.split('\n').filter((line) => line.includes('Tests '));
    if (status !== 0) throw new Error(stdout.slice(-4000));
    return lines.join(' ').trim();
  },
};

export const ON_THIS_MACHINE: readonly Check[] = [throughput, histories, hostile, installed];
