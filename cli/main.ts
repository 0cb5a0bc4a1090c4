#!/usr/bin/env node
/** The `powercut` command: the real machine handed to the command line. */
import { url as debuggerUrl } from 'node:inspector';
import { openInBrowser } from './output/open-in-browser.js';
import { StandardOutput } from './output/standard-output.js';
import { runCli } from './program.js';
import { EXIT_USAGE } from './usage-error.js';
import type { PlayToken } from './workers/ask-worker.js';
import { SpareWorkers } from './workers/spare-workers.js';

// As in the workers: error sites are those of the source before compilation.
process.setSourceMapsEnabled(true);

// Only a command that reaches its end decides on success: no unhandled error, and no early end.
process.exitCode = EXIT_USAGE;
let isFinished = false;

process.on('uncaughtException', (error) => {
  process.stderr.write(`powercut: internal error: ${error.stack}\n`);
  process.exit(EXIT_USAGE);
});

process.on('exit', (code) => {
  const isStoppedBySignal = code > 128;
  if (isFinished || isStoppedBySignal) return;
  process.stderr.write('powercut: the command ended before its work was done. (INTERNAL_ERROR)\n');
  process.exitCode = EXIT_USAGE;
});

const spares = new SpareWorkers();
const output = new StandardOutput(process.stdout, process.stderr, 'powercut');

/** A debugger is attached to this process. In a worker a breakpoint would count as an endless loop. */
const playToken: PlayToken = async (play) =>
  debuggerUrl() === undefined
    ? (await import('./workers/ask-worker.js')).playInWorker(spares)(play)
    : (await import('./commands/play-here.js')).playHere(play);

const decided = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  variables: process.env,
  directory: process.cwd(),
  loadEngine: async () => (await import('./engine.js')).engine,
  explore: async (units, options) =>
    (await import('./workers/pool.js')).exploreInWorkers(units, { ...options, spares }),
  replayFailures: async (suites, options) =>
    (await import('./workers/replay-pool.js')).replayInWorkers(suites, { ...options, spares }),
  describeFile: async (...file) =>
    (await import('./workers/ask-worker.js')).describeInWorker(spares)(...file),
  playToken,
  openInBrowser,
});
await spares.end();
const exitCode = (await output.isComplete()) ? decided : EXIT_USAGE;
isFinished = true;
process.exitCode = exitCode;
