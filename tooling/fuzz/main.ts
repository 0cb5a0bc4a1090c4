/**
 * `npm run fuzz -- --files 1000000`: mutated logs put to the store, on every core. Each one opens with all that lies in
 * front of the first changed byte, or is refused with a typed error; `trial.ts` says what else must hold. A log that
 * breaks this, hangs, or crashes is kept in reports/out/fuzz with all its files, and the command ends with 1.
 *
 *     npm run fuzz -- --files 100000 --seed 7 --workers 2
 *     npm run fuzz -- --seed 7 --only 4711      puts that one log to the store, and keeps its files
 */
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { commandOf, wholeNumber } from '../command.js';
import { Counts, campaignOf, type Put } from './campaign.js';
import { makeCorpus } from './corpus.js';
import { drawFor } from './draw.js';
import { kindNames, mutate } from './mutations.js';
import { OUTCOMES } from './trial.js';
import type { Failure, WorkerData } from './worker.js';

/** Compiled, as all of this is (package.json): the helpers of a loader for TypeScript would cost a third of the time. */
const WORKER = new URL('./worker.js', import.meta.url);
const KEPT = resolve('reports/out/fuzz');
/** One log takes a few milliseconds. */
const HANG_MS = 20_000;
const LOOK_MS = 1000;
/** After this many failures the store is clearly broken, and more would show nothing new. */
const FAILURES_MAX = 20;

/** Saves a mutated log for inspection; returns its path. Does not open it. */
const keep = async (seed: number, { number, wrong }: Failure): Promise<string> => {
  const draw = drawFor(seed, number);
  const corpus = await makeCorpus();
  const sound = draw.pick(corpus);
  if (sound === undefined) throw new Error('there are no sound logs to mutate');
  const { files, did } = mutate(sound, draw, corpus);
  const directory = join(KEPT, `${seed}-${number}`);
  mkdirSync(join(directory, 'log'), { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(directory, 'log', name.replaceAll('/', '_')), bytes);
  const how = [
    `log: ${sound.name}`,
    ...did,
    '',
    wrong,
    '',
    `npm run fuzz -- --seed ${seed} --only ${number}`,
  ];
  writeFileSync(join(directory, 'how.txt'), `${how.join('\n')}\n`);
  return directory;
};

/** Runs one worker to its end, and returns what is wrong: with the logs it tried, or with the worker itself. */
const runWorker = async (
  data: WorkerData,
  counts: Counts,
  fail: (failure: Failure) => void,
  shouldStop: () => boolean,
): Promise<void> => {
  const thread = new Worker(WORKER, { workerData: data });
  let last = -1;
  let since = Date.now();
  let ended: string | undefined;
  const watch = setInterval(() => {
    const at = counts.at(data.worker);
    if (at !== last) {
      last = at;
      since = Date.now();
    } else if (Date.now() - since > HANG_MS) {
      ended = `it hangs: nothing came of it in ${HANG_MS / 1000} s`;
      void thread.terminate();
    }
    if (shouldStop()) void thread.terminate();
  }, LOOK_MS);
  thread.on('message', fail);
  thread.on('error', (error) => {
    ended = `it brought the process down: ${error.stack ?? String(error)}`;
  });
  await once(thread, 'exit');
  clearInterval(watch);
  const at = counts.at(data.worker);
  if (at < data.files && !shouldStop())
    fail({ number: at, wrong: ended ?? 'it never ended: nothing is left to wait for' });
};

const table = (counts: Counts): string => {
  const width = Math.max(...kindNames.map(({ length }) => length));
  const columns = ['whole', 'cut', 'at opening', 'at reading', 'WRONG'];
  const row = (name: string, cells: readonly (string | number)[]) =>
    `${name.padEnd(width)} ${cells.map((cell) => String(cell).padStart(11)).join('')}`;
  return [
    row('what was done (among else)', columns),
    ...kindNames.map((name, kind) =>
      row(
        name,
        OUTCOMES.map((_, outcome) => counts.ofKind(outcome, kind)),
      ),
    ),
  ].join('\n');
};

const campaign = async (files: number, seed: number, workers: number): Promise<number> => {
  const began = Date.now();
  const counts = Counts.create(workers);
  const failures: Failure[] = [];
  const fail = (failure: Failure): void => {
    failures.push(failure);
    console.log(`WRONG: log ${failure.number}: ${failure.wrong}`);
  };
  const shouldStop = (): boolean => failures.length >= FAILURES_MAX;
  const seconds = (): number => (Date.now() - began) / 1000;
  const progress = setInterval(() => {
    console.log(`${counts.done} of ${files}, ${Math.round(counts.done / seconds())} a second`);
  }, 15_000);
  await Promise.all(
    Array.from({ length: workers }, (_, worker) =>
      runWorker({ seed, files, worker, workers, memory: counts.memory }, counts, fail, shouldStop),
    ),
  );
  clearInterval(progress);
  console.log(`\n${table(counts)}\n`);
  OUTCOMES.forEach((name, outcome) => {
    const count = counts.ofOutcome(outcome);
    console.log(
      `${String(count).padStart(9)}  ${((100 * count) / counts.done).toFixed(2).padStart(6)} %  ${name}`,
    );
  });
  console.log(`${String(counts.done).padStart(9)} mutated logs, seed ${seed}, in ${seconds().toFixed(1)} s`);
  for (const failure of failures) console.log(`kept: ${await keep(seed, failure)}`);
  return failures.length === 0 && counts.done === files ? 0 : 1;
};

const told = ({ sound, mutated, verdict }: Put): string =>
  [`log: ${sound.name}`, ...mutated.did, `outcome: ${verdict.outcome}`, verdict.wrong ?? ''].join('\n');

interface Options {
  readonly files: number;
  readonly seed: number;
  readonly workers: number;
  readonly only?: number;
}

const main = async (): Promise<number> => {
  const {
    files,
    seed,
    workers,
    only: number,
  } = commandOf('fuzz', 'Puts mutated logs to the store, on every core.')
    .option('--files <n>', 'how many logs', wholeNumber(), 100_000)
    .option('--seed <n>', 'what they are drawn from', wholeNumber(), 1)
    .option('--workers <n>', 'how many threads', wholeNumber(1), availableParallelism())
    .option('--only <number>', 'put this one log to the store, and keep its files', wholeNumber())
    .parse()
    .opts<Options>();
  if (number === undefined) return await campaign(files, seed, workers);
  console.log(`kept: ${await keep(seed, { number, wrong: '' })}`);
  const put = await (await campaignOf(seed))(number);
  console.log(told(put));
  return put.verdict.wrong === undefined ? 0 : 1;
};

process.exitCode = await main();
