/**
 * Kills, pauses and cuts off workers at random while a campaign goes on.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { stream } from '../../sim/util/seeded-streams.js';
import { type Cluster, LOCK_MS, type Worker } from './cluster.js';

const EVENTS = ['kill', 'pause', 'cut'] as const;
export type Event = (typeof EVENTS)[number];
/** Longer than the stall time. */
const OUT_MS = LOCK_MS * 2.5;
const BETWEEN_MS_MAX = 2_500;
/** A part that workers go silent on is parked in the end. Here that says nothing about the part. */
export const PATIENT = ['--max-stalls', '50'];

export interface Chaos {
  /** By kind, how often. */
  readonly counts: Readonly<Record<Event, number>>;
  readonly stop: () => Promise<void>;
  readonly done: Promise<void>;
}

/** Makes trouble until `events` are over, or it is stopped. */
export const makeTrouble = (cluster: Cluster, hosts: number, events: number): Chaos => {
  const source = stream(events, 'fault');
  const counts: Record<Event, number> = { kill: 0, pause: 0, cut: 0 };
  const stopping = new AbortController();
  const { signal } = stopping;
  const out = new Set<number>();
  const wait = (ms: number): Promise<unknown> => delay(ms, undefined, { signal }).catch(() => undefined);

  const trouble = async (event: Event, worker: Worker): Promise<void> => {
    out.add(worker.host);
    if (event === 'kill') {
      await cluster.kill(worker);
      cluster.startWorker(worker.host);
    } else if (event === 'pause') {
      worker.child.kill('SIGSTOP');
      await wait(OUT_MS);
      worker.child.kill('SIGCONT');
    } else {
      cluster.network.setCable(worker.host, 'down');
      await wait(OUT_MS);
      cluster.network.setCable(worker.host, 'up');
    }
    // It gets to its next unit before anything else happens to it.
    await wait(OUT_MS);
    out.delete(worker.host);
  };

  const run = async (): Promise<void> => {
    const under: Promise<void>[] = [];
    let count = 0;
    while (count < events && !signal.aborted) {
      await wait(source.below(BETWEEN_MS_MAX));
      // Half of the hosts go on.
      const free = cluster.workers.filter(({ host }) => !out.has(host));
      const worker = free[source.below(Math.max(1, free.length))];
      if (worker === undefined || out.size >= Math.ceil(hosts / 2)) continue;
      const event = EVENTS[source.below(EVENTS.length)] ?? 'kill';
      counts[event] += 1;
      count += 1;
      under.push(trouble(event, worker));
    }
    await Promise.all(under);
  };
  const done = run();
  return {
    counts,
    done,
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
};
