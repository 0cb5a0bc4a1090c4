/** A worker thread: explores the one suite it was started for and answers with a result or an error, as data. */
import { parentPort, workerData } from 'node:worker_threads';
import { exploreSuite } from '../sim/explore/explore-suite.js';
import type { ExploreProgress } from '../sim/explore/options.js';
import { loadShippedSuites } from './engine.js';
import { loadSuite } from './suites.js';
import type { FromWorker, Unit } from './task.js';
import { codeOf, messageOf } from './usage-error.js';

/** Often enough for the eye, seldom enough to cost nothing. */
const PROGRESS_INTERVAL_MS = 100;

// Stories and reports name places in the source that people wrote, not in what was made of it.
process.setSourceMapsEnabled(true);

const port = parentPort;
if (port === null) throw new Error('cli/worker is started by the pool, as a worker thread.');

const say = (message: FromWorker): void => port.postMessage(message);

const stop = new AbortController();
port.on('message', () => stop.abort());

let lastProgress = Number.NEGATIVE_INFINITY;
const onProgress = (progress: ExploreProgress): void => {
  const now = performance.now();
  if (now - lastProgress < PROGRESS_INTERVAL_MS) return;
  lastProgress = now;
  say({ kind: 'progress', progress });
};

try {
  // The pool started this thread with a Unit: there is no other caller.
  const { reference, options } = workerData as Unit;
  const suite = await loadSuite(reference, loadShippedSuites);
  const result = await exploreSuite(suite, { ...options, signal: stop.signal, onProgress });
  say({ kind: 'explored', result });
} catch (thrown) {
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  say({ kind: 'failed', code: codeOf(thrown), message: messageOf(thrown), stack });
} finally {
  port.close();
}
