/**
 * `npm run soak:rivals`: many processes want one store. The one that has it is killed with SIGKILL again and again, and another
 * takes it over. After all of that:
 *
 * - every acknowledged append is there, unchanged and in its place;
 * - at no time had two of them the store: what one of them wrote lies together in the log;
 * It prints how long it took until another had the store, by the clock, with all of them at work on the same processors. Of that it
 * prints the share of the opening, and how much of the opening was not spent waiting for a processor: that is the store's.
 *
 * Ends with 1 and keeps the directory when any of this does not hold.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pauseMs } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openEventStore } from '../../src/event-store/index.js';
import { realEnvironment } from '../../src/real-environment.js';
import { commandOf, wholeNumber } from '../../tooling/command.js';
import type { AttemptMs, RivalSaid } from './rival.js';

const RIVAL = fileURLToPath(new URL('./rival.js', import.meta.url));
const REIGN_MS = { least: 20, most: 200 };

class Rivalry {
  readonly #directory: string;
  /** The last acknowledged version of each stream. */
  readonly acknowledged = new Map<string, number>();
  readonly tookOverMs: number[] = [];
  readonly openings: AttemptMs[] = [];
  /** Attempts that waited for other rivals, and were still refused. */
  readonly refusals: AttemptMs[] = [];
  readonly #all = new Set<ChildProcess>();
  /** Undefined until the first is killed: how long the processes take to start is no take-over. */
  #freeSince: number | undefined;
  /** Those that have had the store and were not killed yet: one, or two while a killed one is not known to be gone. */
  readonly #opened: ChildProcess[] = [];
  #wake: () => void = () => {};
  failure: string | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  add(): void {
    const rival = spawn(process.execPath, [RIVAL, this.#directory], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#all.add(rival);
    createInterface({ input: rival.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as RivalSaid; // a line of `say`
      if ('stream' in said) this.acknowledged.set(said.stream, said.version);
      else if ('refused' in said) this.refusals.push(said.refused);
      else {
        if (this.#freeSince !== undefined) {
          this.tookOverMs.push(said.opened - this.#freeSince);
          this.openings.push(said.attempt);
        }
        this.#opened.push(rival);
        this.#wake();
      }
    });
    rival.once('exit', (code) => {
      if (code !== null) this.failure ??= `a rival ended by itself, with ${code}`;
      this.#all.delete(rival);
    });
  }

  /** Waits until one has the store, and kills it some time later. */
  async killNext(): Promise<void> {
    while (this.#opened.length === 0) {
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
    const holder = this.#opened.shift();
    if (holder === undefined) return;
    const { least, most } = REIGN_MS;
    await pauseMs(least + Math.random() * (most - least));
    this.#freeSince = Date.now();
    holder.kill('SIGKILL');
    await once(holder, 'close');
  }

  async end(): Promise<void> {
    const ended = [...this.#all].map((rival) => once(rival, 'close'));
    for (const rival of this.#all) rival.kill('SIGKILL');
    await Promise.all(ended);
  }
}

/** Returns how many events there are. @throws Error what was lost, or mixed */
const check = async (directory: string, acknowledged: ReadonlyMap<string, number>): Promise<number> => {
  const store = await openEventStore(realEnvironment(), directory);
  const events = await store.readAll();
  const versions = new Map<string, number>();
  let current = '';
  for (const { metadata, data } of events) {
    const { streamName } = metadata;
    const version = (versions.get(streamName) ?? 0) + 1;
    if (version > 1 && streamName !== current)
      throw new Error(`${streamName} was written while ${current} was`);
    const written = JSON.stringify({ stream: streamName, version });
    if (JSON.stringify(data) !== written)
      throw new Error(`${JSON.stringify(data)} is where ${written} was due`);
    versions.set(streamName, version);
    current = streamName;
  }
  for (const [stream, version] of acknowledged)
    if ((versions.get(stream) ?? 0) < version)
      throw new Error(`event ${version} of ${stream} was acknowledged, and is lost`);
  await store.close();
  return events.length;
};

const spread = (values: readonly number[]): string => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): string => `${Math.round(sorted[Math.floor(sorted.length * share)] ?? 0)} ms`;
  return `${at(0.5)} (median), ${at(0.99)} (of 99 in 100), ${Math.round(sorted.at(-1) ?? 0)} ms (most)`;
};

const load = (): string => loadavg()[0]?.toFixed(1) ?? '?';

const [kills, rivals] = commandOf(
  'soak:rivals',
  'Kills the process that has a store, and lets others take it over.',
)
  .argument('[kills]', 'how many', wholeNumber(1), 300)
  .argument('[rivals]', 'how many want the store at a time', wholeNumber(1), 12)
  .parse().processedArgs as [number, number]; // the two arguments, as they were taken
const directory = await mkdtemp(join(tmpdir(), 'powercut-rivals-'));
const rivalry = new Rivalry(directory);
const began = Date.now();
for (let rival = 0; rival < rivals; rival++) rivalry.add();
for (let kill = 1; kill <= kills && rivalry.failure === undefined; kill++) {
  await rivalry.killNext();
  rivalry.add();
  if (kill % 50 === 0) console.log(`${kill} kills, ${rivalry.acknowledged.size} have had the store`);
}
await rivalry.end();
try {
  if (rivalry.failure !== undefined) throw new Error(rivalry.failure);
  const events = await check(directory, rivalry.acknowledged);
  const acknowledged = [...rivalry.acknowledged.values()].reduce((sum, count) => sum + count, 0);
  console.log(
    [
      `${kills} holders of ${rivals} rivals ended by SIGKILL in ${Math.round((Date.now() - began) / 1000)} s`,
      `${acknowledged} appends acknowledged, ${events} events in the log: nothing lost, nothing mixed`,
      `taken over within ${spread(rivalry.tookOverMs)}, at a load of ${load()} for ${availableParallelism()} processors`,
      `  the opening took ${spread(rivalry.openings.map(({ took }) => took))}`,
      `  without its waits for a processor ${spread(rivalry.openings.map(({ took, processor }) => took - processor))}`,
      `  timers of the store's own ${spread(rivalry.openings.map(({ timers }) => timers))}`,
      `${rivalry.refusals.length} attempts waited for another and were refused, after ${spread(rivalry.refusals.map(({ timers }) => timers))} of timers`,
    ].join('\n'),
  );
  await rm(directory, { recursive: true });
} catch (error) {
  console.error(`BROKEN: ${error instanceof Error ? error.message : String(error)}`);
  console.error(`What the store left is in ${directory}`);
  process.exitCode = 1;
}
