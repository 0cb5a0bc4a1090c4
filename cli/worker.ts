/** A worker process: explores what it is asked to, one task at a time, and answers with what came of it, as data. */
import { concludeSuite } from '../sim/explore/explore-suite.js';
import type { ExploreProgress } from '../sim/explore/options.js';
import { explorePart } from '../sim/explore/part.js';
import { recheck } from '../sim/explore/recheck.js';
import { playAgain, type Replayed } from '../sim/explore/regression.js';
import type { Suite } from '../sim/suite.js';
import { loadShippedSuites } from './engine.js';
import { tuneGarbageCollector } from './garbage-collector.js';
import { loadSuite, loadSuiteAnew } from './suites.js';
import type { FromWorker, Task, ToWorker } from './task.js';
import { codeOf, messageOf } from './usage-error.js';

/** Often enough for the eye, seldom enough to cost nothing. */
const PROGRESS_INTERVAL_MS = 100;

// Stories and reports name places in the source that people wrote, not in what was made of it.
process.setSourceMapsEnabled(true);
tuneGarbageCollector();

const say = (message: FromWorker): void => void process.send?.(message);

const stop = new AbortController();

let lastProgress = Number.NEGATIVE_INFINITY;
const onProgress = (progress: ExploreProgress): void => {
  const now = performance.now();
  if (now - lastProgress < PROGRESS_INTERVAL_MS) return;
  lastProgress = now;
  say({ kind: 'progress', progress });
};

const answerTo = async (task: Task): Promise<FromWorker> => {
  try {
    const suite = await loadSuite(task.reference, loadShippedSuites);
    const options = { ...task.options, signal: stop.signal, onProgress };
    switch (task.kind) {
      case 'explore':
        return { kind: 'explored', tally: await explorePart(suite, options, task.part) };
      case 'conclude':
        return { kind: 'concluded', result: await concludeSuite(suite, options, task.tallies) };
      case 'replay': {
        const replayed: Replayed[] = [];
        for (const failure of task.failures) replayed.push(await playAgain(suite, options, failure));
        return { kind: 'replayed', replayed };
      }
      case 'recheck': {
        const files = new Set<string>();
        const anew = async (): Promise<Suite> => {
          const evaluated = await loadSuiteAnew(task.reference);
          for (const file of evaluated.files) files.add(file);
          return evaluated.suite;
        };
        const suites = { alone: async () => suite, anew, files: () => [...files] };
        return { kind: 'rechecked', rechecked: await recheck(suites, options, task.lives) };
      }
      default:
        return task satisfies never;
    }
  } catch (thrown) {
    const stack = thrown instanceof Error ? thrown.stack : undefined;
    return { kind: 'failed', code: codeOf(thrown), message: messageOf(thrown), stack };
  }
};

// Ctrl-C reaches every process of a terminal. Whoever started this one says what becomes of the work.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
// A worker does not outlive whoever waits for its answers, whatever a suite may have left running.
process.on('disconnect', () => process.exit());
process.on('message', (message) => {
  const asked = message as ToWorker; // the pool is the only one who writes to this process
  if (asked.kind === 'stop') stop.abort();
  else void answerTo(asked).then(say);
});
