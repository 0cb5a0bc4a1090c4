/**
 * `npm run soak [seconds]`: a store on the real disk under concurrent writers, subscribers and a feeder with its read models,
 * killed with SIGKILL every few seconds and started again. After each kill:
 *
 * - every acknowledged append is there, unchanged and in its place;
 * - the durable read model is a fold of the log up to where it says it stands, and never goes back; once the feeder
 *   rests, no read model is stale;
 * - descriptors and memory are flat: of the process that works, from its youth to its end and from the first lives to the
 *   last, and of this one, which opens and closes the store each time.
 *
 * Ends with 1 and keeps the directory when any of this does not hold. A killed process leaves what it wrote in the system's
 * cache: this is no power cut. It shows that the real file system and the simulated one agree on what a restart finds.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { commandOf, wholeNumber } from '../../tooling/command.js';
import { Broken, type Checked, Ledger } from './ledger.js';
import { isFlat, type Reading } from './readings.js';
import type { Said } from './work.js';

const LIFE_MS = { least: 500, most: 5000 };
/** One life in `each` is a long one: a leak needs time to show. */
const LONG_LIFE = { each: 8, ms: 30_000 };
const DEFAULT_SECONDS = 60;
const WORK = fileURLToPath(new URL('./work.ts', import.meta.url));
const MiB = 1024 * 1024;

const lifeMs = (life: number, leftMs: number): number => {
  const { least, most } = LIFE_MS;
  const wanted = life % LONG_LIFE.each === 0 ? LONG_LIFE.ms : least + Math.random() * (most - least);
  return Math.max(least, Math.min(wanted, leftMs));
};

/** One life: from its first word until it is killed. Returns what it said of itself. */
const live = async (directory: string, ledger: Ledger, forMs: number): Promise<readonly Reading[]> => {
  const child = spawn(process.execPath, ['--import', 'tsx', WORK, '--work', directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const dead = once(child, 'exit');
  const readings: Reading[] = [];
  let begun = false;
  for await (const line of createInterface({ input: child.stdout })) {
    // Its life counts from the first word: starting takes its time.
    if (!begun) setTimeout(() => child.kill('SIGKILL'), forMs);
    begun = true;
    const said = JSON.parse(line) as Said; // a line of `say`
    if ('stream' in said) ledger.acknowledge(said.stream, said.version, said.position);
    else readings.push(said);
  }
  const [, signal] = await dead;
  if (signal !== 'SIGKILL') throw new Broken('the working process ended by itself');
  return readings;
};

const ownDescriptors = (): number => readdirSync('/proc/self/fd').length;

const least = (numbers: readonly number[]): number => Math.min(...numbers);
const most = (numbers: readonly number[]): number => Math.max(...numbers);

const summary = (
  seconds: number,
  ledger: Ledger,
  lives: readonly (readonly Reading[])[],
  checks: readonly Checked[],
): string => {
  const readings = lives.flat();
  const events = checks.at(-1)?.events ?? 0;
  const rss = readings.map(({ rssBytes }) => Math.round(rssBytes / MiB));
  return [
    `${lives.length} lives in ${seconds.toFixed(0)} s, each ended by SIGKILL`,
    `${ledger.appends} appends acknowledged, ${events} events in the log: nothing lost, nothing changed`,
    `${2 * checks.length} read models checked: none stale; found up to ${most(checks.map(({ behind }) => behind))} events behind`,
    `${checks.filter(({ tornTail }) => tornTail).length} torn tails cut; opened in ${most(checks.map(({ openedInMs }) => openedInMs)).toFixed(0)} ms at most`,
    `descriptors ${least(readings.map(({ descriptors }) => descriptors))} to ${most(readings.map(({ descriptors }) => descriptors))}, memory ${least(rss)} to ${most(rss)} MB`,
  ].join('\n');
};

const soak = async (seconds: number, directory: string): Promise<string> => {
  const ledger = new Ledger();
  const began = Date.now();
  const elapsed = (): number => (Date.now() - began) / 1000;
  const lives: (readonly Reading[])[] = [];
  const checks: Checked[] = [];
  let descriptors: number | undefined;
  for (let life = 1; elapsed() < seconds; life++) {
    const before = ledger.appends;
    lives.push(await live(directory, ledger, lifeMs(life, 1000 * (seconds - elapsed()))));
    const checked = await ledger.check(directory);
    checks.push(checked);
    descriptors ??= ownDescriptors();
    if (ownDescriptors() > descriptors)
      throw new Broken(`${ownDescriptors() - descriptors} descriptors were left open`);
    const last = lives.at(-1)?.at(-1);
    console.log(
      `life ${life}: ${ledger.appends - before} appends, ${checked.events} events in all, ${Math.round((last?.rssBytes ?? 0) / MiB)} MB, ${last?.descriptors ?? '?'} descriptors`,
    );
  }
  await ledger.checkAll(directory);
  const creeping = isFlat(lives);
  if (creeping !== undefined) throw new Broken(creeping);
  return summary(elapsed(), ledger, lives, checks);
};

const [wanted] = commandOf('soak', 'Kills a store on the real disk under load, starts it again, and checks.')
  .argument('[seconds]', 'for how long', wholeNumber(1), DEFAULT_SECONDS)
  .parse().processedArgs as [number]; // the one argument, as it was taken
const directory = await mkdtemp(fileURLToPath(new URL('../../.bench-', import.meta.url)));
mkdirSync(`${directory}/log`);
try {
  console.log(`\n${await soak(wanted, directory)}`);
  await rm(directory, { recursive: true });
} catch (error) {
  console.error(`BROKEN: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  console.error(`What the store left is in ${directory}`);
  process.exitCode = 1;
}
