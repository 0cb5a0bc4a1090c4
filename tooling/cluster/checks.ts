/** What `npm run test:campaign` shows on a cluster, in this order. Each throws where it does not hold. */
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDoneWithin } from '../../cli/campaign/queue/patience.js';
import type { CampaignResult } from '../../sim/result/result.js';
import { makeTrouble, PATIENT } from './chaos.js';
import type { Cluster } from './cluster.js';
import { mustBeEqual } from './results.js';

export interface Check {
  readonly name: string;
  /** Takes no more than a minute or two. */
  readonly isQuick?: true;
  /** Returns its figures. */
  readonly run: (cluster: Cluster) => Promise<string>;
}

/** The six shipped suites, with random runs in several rounds. */
const SHIPPED = ['--runs', '240', '--workloads', '3', '--max-commands', '4', '--max-crashes', '2'];
const LARGE = ['large.suite.mjs', '--runs', '0', '--workloads', '1', '--max-crashes', '1'];
const LARGE_STATES_MIN = 200_000;
/** Enough parts that trouble finds some under way. */
const TROUBLED = ['--runs', '600', '--workloads', '4', '--max-commands', '4', '--max-crashes', '2'];
const TROUBLED_HOSTS = 6;
const EVENTS = 50;
const OVERHEAD_MAX = 1.1;
const ROUNDS = 3;

const known = new Map<string, CampaignResult>();
/** The result of one process: of each options once. */
const aloneOnce = async (cluster: Cluster, words: readonly string[]): Promise<CampaignResult> => {
  const key = words.join(' ');
  const result = known.get(key) ?? (await cluster.alone(words)).result;
  known.set(key, result);
  return result;
};

const digests = (hosts: number): Check => ({
  ...(hosts === 2 ? { isQuick: true } : {}),
  name: `the six shipped suites and their random runs on ${hosts} host${hosts === 1 ? '' : 's'}: all as one process finds`,
  run: async (cluster) => {
    const alone = await aloneOnce(cluster, SHIPPED);
    for (let host = 1; host <= hosts; host++) cluster.startWorker(host);
    const { result, seconds } = await cluster.onQueue(SHIPPED);
    await cluster.killAll();
    mustBeEqual(alone, result);
    return `digest ${result.digest}, ${seconds.toFixed(0)} s`;
  },
});

const large: Check = {
  name: `one workload of more than ${LARGE_STATES_MIN} crash states on 2 hosts: all as one process finds`,
  run: async (cluster) => {
    const alone = await cluster.alone(LARGE);
    for (const host of [1, 2]) cluster.startWorker(host);
    const shared = await cluster.onQueue(LARGE);
    await cluster.killAll();
    mustBeEqual(alone.result, shared.result);
    const states = shared.result.suites[0]?.exploration.images.distinct ?? 0;
    if (states < LARGE_STATES_MIN) throw new Error(`It has ${states} states only.`);
    return `${states} states, digest ${shared.result.digest}, ${alone.seconds.toFixed(0)} s alone, ${shared.seconds.toFixed(0)} s shared`;
  },
};

const chaos: Check = {
  name: `${EVENTS} times a worker is killed, paused beyond the stall time or cut off: all as one process finds`,
  run: async (cluster) => {
    const alone = await aloneOnce(cluster, TROUBLED);
    for (let host = 1; host <= TROUBLED_HOSTS; host++) cluster.startWorker(host);
    const trouble = makeTrouble(cluster, TROUBLED_HOSTS, EVENTS);
    let rounds = 0;
    let isOver = false;
    void trouble.done.then(() => {
      isOver = true;
    });
    try {
      // Again, if the campaign is faster than the trouble.
      do {
        const { result } = await cluster.onQueue([...TROUBLED, ...PATIENT]);
        mustBeEqual(alone, result);
        rounds += 1;
      } while (!isOver);
    } finally {
      await trouble.stop();
      await cluster.killAll();
    }
    const { kill, pause, cut } = trouble.counts;
    return `${kill} killed, ${pause} paused, ${cut} cut off, in ${rounds} campaigns of one digest ${alone.digest}`;
  },
};

const restart: Check = {
  name: 'the machine that started a campaign is killed and starts it again: all as one process finds',
  run: async (cluster) => {
    const alone = await aloneOnce(cluster, TROUBLED);
    for (const host of [1, 2]) cluster.startWorker(host);
    const words = ['campaign', 'start', ...TROUBLED, '--no-corpus'];
    let kills = 0;
    for (const seconds of [12, 20]) {
      await cluster.powercutFor(words, seconds);
      kills += 1;
    }
    const { result } = await cluster.onQueue(TROUBLED);
    await cluster.killAll();
    mustBeEqual(alone, result);
    return `killed ${kills} times`;
  },
};

const poison: Check = {
  isQuick: true,
  name: 'a part that kills three workers is parked, and makes the result undecided; other suites go on',
  run: async (cluster) => {
    for (const host of [1, 2]) cluster.startWorker(host);
    const words = ['poison.suite.mjs', 'healthy.suite.mjs', '--runs', '0', '--workloads', '2'];
    const { code, output } = await cluster.powercut([
      'campaign',
      'start',
      ...words,
      '--no-corpus',
      '--json',
      'poison.json',
    ]);
    await cluster.killAll();
    const text = await readFile(join(cluster.project.directory, 'poison.json'), 'utf8');
    const { suites }: CampaignResult = JSON.parse(text);
    const verdicts = suites.map(({ name, verdict }) => `${name} ${verdict}`).join(', ');
    if (code !== 3 || verdicts !== 'poison undecided, healthy holds')
      throw new Error(`${code}: ${verdicts}\n${output}`);
    return verdicts;
  },
};

const stranger: Check = {
  isQuick: true,
  name: 'a worker with another suite, another version or another key takes no part, and says why',
  run: async (cluster) => {
    const file = join(cluster.project.directory, 'healthy.suite.mjs');
    const text = await readFile(file, 'utf8');
    const words = ['healthy.suite.mjs', '--runs', '0', '--workloads', '2'];
    const campaign = cluster.onQueue(words);
    await cluster.hasCampaign();
    await mkdir(join(cluster.project.directory, 'elsewhere'), { recursive: true });
    await writeFile(join(cluster.project.directory, 'elsewhere', 'healthy.suite.mjs'), `${text}\n// edited`);
    const edited = cluster.startWorker(1, 1, [], { directory: 'elsewhere' });
    const keyless = cluster.startWorker(2, 1, [], { key: 'another' });
    await cluster.says(edited, 'differs: check out the same commit');
    await cluster.says(keyless, 'written with another campaign key');
    await cluster.killAll();
    cluster.startWorker(3);
    const { result } = await campaign;
    await cluster.killAll();
    mustBeEqual((await cluster.alone(words)).result, result);
    return 'refused, and explored by a third';
  },
};

const silentQueue: Check = {
  isQuick: true,
  name: 'a queue that does not answer holds up neither the machine that started a campaign nor a worker that is to end',
  run: async (cluster) => {
    const campaign = cluster.begin(['campaign', 'start', ...TROUBLED, '--no-corpus']);
    const worker = cluster.startWorker(1);
    await cluster.says(worker, 'Takes part in campaign');
    await delay(3_000);
    cluster.setQueue('silent');
    const began = performance.now();
    const ends = await Promise.all(
      [campaign, worker].map(async ({ child, output }) => {
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        if (!(await isDoneWithin(ended, 60_000))) throw new Error(`It did not end:\n${output()}`);
        return `${((performance.now() - began) / 1000).toFixed(1)} s`;
      }),
    ).finally(() => cluster.setQueue('answering'));
    if (!campaign.output().includes('interrupted')) throw new Error(campaign.output());
    await cluster.killAll();
    return `ended after ${ends.join(' and ')}`;
  },
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const overhead: Check = {
  name: `a campaign over Redis takes at most ${OVERHEAD_MAX} times as long as two worker processes without it`,
  run: async (cluster) => {
    cluster.startWorker(1, 2);
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const local = await cluster.explore(['run', '--workers', '2'], TROUBLED);
      const queued = await cluster.onQueue(TROUBLED);
      mustBeEqual(local.result, queued.result);
      ratios.push(queued.seconds / local.seconds);
    }
    await cluster.killAll();
    const figures = `${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}, median ${median(ratios).toFixed(2)}`;
    if (median(ratios) > OVERHEAD_MAX) throw new Error(figures);
    return figures;
  },
};

export const CHECKS: readonly Check[] = [
  ...[1, 2, 4, 8].map(digests),
  large,
  chaos,
  restart,
  poison,
  stranger,
  silentQueue,
  overhead,
];
