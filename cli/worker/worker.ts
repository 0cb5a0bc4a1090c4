/** A worker process: does one task at a time, and answers with the result as data. */
import { randomUUID } from 'node:crypto';
import { extname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { CountSlices, OnFound, SliceCounted } from '../../sim/explore/campaign/counting-part.js';
import { explorePart, exploreSliceOfPart } from '../../sim/explore/campaign/explore-part.js';
import { concludeSuite } from '../../sim/explore/campaign/explore-suite.js';
import { playAgain, type Replayed } from '../../sim/explore/campaign/replay-regressions.js';
import type { ExploreProgress } from '../../sim/explore/options.js';
import { type Rechecked, recheck } from '../../sim/explore/recheck/recheck.js';
import { installGuard } from '../../sim/guard/guard.js';
import { play } from '../../sim/replay/replay.js';
import type { Suite } from '../../sim/suite/suite.js';
import { errorCode } from '../../sim/util/errors.js';
import { loadShippedSuites } from '../engine.js';
import { loadFile, loadSuite, loadSuiteAnew } from '../loading/load-suites.js';
import { factsOf, type SuiteReference } from '../loading/suite-reference.js';
import type {
  FromWorker,
  SealedMessage,
  Task,
  Timed,
  ToWorker,
  UnitOptions,
  WatchdogData,
} from '../messages/messages.js';
import { messageOf, stackOf } from '../usage-error.js';
import { watchBuiltins } from './builtins.js';
import { tuneGarbageCollector } from './garbage-collector.js';
import { LOADED, LOADING, noting, Whereabouts } from './whereabouts.js';

/** Often enough for the eye, seldom enough to cost nothing. */
const PROGRESS_INTERVAL_MS = 100;
const BEAT_MS = 250;
/** Slices that are explored elsewhere at once. */
const SLICES_OUT_MAX = 256;

// Stories and reports name places in the source that people wrote, not in what was made of it.
process.setSourceMapsEnabled(true);
tuneGarbageCollector();

const where = new Whereabouts();
where.note(LOADING);
const { port1: port, port2: watchdogPort } = new MessageChannel();
const secret = randomUUID();
new Worker(new URL(`./watchdog${extname(import.meta.url)}`, import.meta.url), {
  workerData: { memory: where.memory, port: watchdogPort, secret } satisfies WatchdogData,
  transferList: [watchdogPort],
});
// Node's own function, bound before a suite is loaded: a suite that replaces `postMessage` neither sees nor changes a message.
const post: (sealed: SealedMessage) => void = port.postMessage.bind(port);
// A suite can find the port among the handles of the process. It can't find the secret.
const say = (message: FromWorker): void => post({ secret, message });
setInterval(() => where.beat(), BEAT_MS);

const stop = new AbortController();

let lastProgress = Number.NEGATIVE_INFINITY;
const onProgress = (progress: ExploreProgress): void => {
  const now = performance.now();
  if (now - lastProgress < PROGRESS_INTERVAL_MS) return;
  lastProgress = now;
  say({ kind: 'progress', progress });
};

const onFound: OnFound = (first) => say({ kind: 'found', first });

const handedOut = new Map<number, (counted: SliceCounted) => void>();
let slicesSaid = 0;

/** Has others explore slices: some at a time, as each takes memory wherever it waits. */
const handOut: CountSlices = async (slices) => {
  const all: SliceCounted[] = [];
  const left = slices.entries();
  const lane = async (): Promise<void> => {
    for (const [index, slice] of left) {
      const number = slicesSaid++;
      // A turn of the event loop in between: a long message takes a while to write.
      await nextTurn();
      all[index] = await new Promise<SliceCounted>((resolve) => {
        handedOut.set(number, resolve);
        say({ kind: 'slice', number, slice });
      });
      handedOut.delete(number);
    }
  };
  await Promise.all(Array.from({ length: SLICES_OUT_MAX }, lane));
  return all;
};

/** The suite, with commands, results and effects told as JSON. */
const plain = (suite: Suite): Suite => {
  const { describe: _1, describeResult: _2, describeEffect: _3, ...rest } = suite;
  return rest;
};

/** Loads by `load`, and says so meanwhile. */
const whileLoading = async <Loaded>(load: () => Promise<Loaded>): Promise<Loaded> => {
  where.note(LOADING);
  try {
    return await load();
  } finally {
    where.note(LOADED);
  }
};

const loaded = async (reference: SuiteReference): Promise<Suite> =>
  noting(await whileLoading(() => loadSuite(reference, loadShippedSuites)), where);

/** No lives were lived again yet, for any suite. */
let isNew = true;

const rechecked = ({
  reference,
  lives,
  options,
}: Extract<Task, { readonly kind: 'recheck' }>): Promise<Rechecked> => {
  const files = new Set<string>();
  const evaluateAgain = async (): Promise<Suite> => {
    const evaluated = await whileLoading(() => loadSuiteAnew(reference));
    for (const file of evaluated.files) files.add(file);
    return noting(evaluated.suite, where);
  };
  const alone = isNew ? () => loaded(reference) : undefined;
  isNew = false;
  return recheck({ alone, evaluateAgain, files: () => [...files] }, options, lives);
};

/** The options, with what is left of the time by now. */
const withTimeLeft = ({ timeMs, ...options }: UnitOptions, askedMs: number): UnitOptions =>
  timeMs === undefined ? options : { ...options, timeMs: timeMs - Math.max(0, Date.now() - askedMs) };

const answered = async (task: Timed<Task>): Promise<FromWorker> => {
  switch (task.kind) {
    case 'describe': {
      const suites = await whileLoading(() => loadFile(task.url, task.argument));
      return { kind: 'described', suites: suites.map(factsOf) };
    }
    case 'play': {
      const suites: Suite[] = [];
      for (const reference of task.references) suites.push(await loaded(reference));
      return { kind: 'played', ...(await play(task.token, suites, task.options)) };
    }
    case 'recheck':
      return { kind: 'rechecked', rechecked: await rechecked(task) };
  }
  const suite = await loaded(task.reference);
  const options = { ...withTimeLeft(task.options, task.askedMs), signal: stop.signal, onProgress };
  switch (task.kind) {
    case 'explore': {
      const exploreSlices = task.handsOut === true ? handOut : undefined;
      return { kind: 'explored', tally: await explorePart(suite, options, task, onFound, exploreSlices) };
    }
    case 'slice':
      return { kind: 'counted', counted: await exploreSliceOfPart(suite, options, task.part, task.slice) };
    case 'conclude':
      return {
        kind: 'concluded',
        result: await concludeSuite(task.isPlain === true ? plain(suite) : suite, options, task.tallies),
      };
    case 'replay': {
      const replayed: Replayed[] = [];
      for (const failure of task.failures) replayed.push(await playAgain(suite, options, failure));
      return { kind: 'replayed', replayed };
    }
    default:
      return task satisfies never;
  }
};

const failure = (thrown: unknown): FromWorker => ({
  kind: 'failed',
  code: errorCode(thrown),
  message: messageOf(thrown),
  stack: stackOf(thrown),
});

// Before any suite is loaded, and after everything that changes functions on purpose.
installGuard();
const changedBuiltin = watchBuiltins();

const failedWith = (code: string, message: string): FromWorker => ({
  kind: 'failed',
  code,
  message,
  stack: undefined,
});

/** A suite may replace the whole `process`. */
const cpuUsage = process.cpuUsage.bind(process);

const answerTo = async (task: Timed<Task>): Promise<void> => {
  let answer: FromWorker;
  try {
    answer = await answered(task);
  } catch (thrown) {
    answer = failure(thrown);
  }
  const changed = changedBuiltin();
  if (changed !== undefined) {
    const why = 'which the simulator itself uses, so no result is reliable';
    return say(failedWith('BUILTIN_CHANGED', `${changed} was replaced, ${why}`));
  }
  const { user, system } = cpuUsage();
  try {
    say({ kind: 'spent', processorMs: (user + system) / 1000 });
    say(answer);
  } catch (thrown) {
    say(failedWith('RESULT_INVALID', `the result is no plain data: ${messageOf(thrown)}`));
  }
};

// Not by an EventEmitter: its `emit` is shared with the suite.
port.on('message', (message: ToWorker) => {
  if (message.kind === 'stop') stop.abort();
  else if (message.kind === 'sliced') handedOut.get(message.number)?.(message.counted);
  else if (message.kind !== 'ready') void answerTo(message);
});

// Ctrl-C reaches every process of a terminal. The process that started this one decides on the work.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
