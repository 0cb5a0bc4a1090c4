#!/usr/bin/env node
/** The `powercut` command: the real machine handed to the command line. */
import { exploreInWorkers } from './pool.js';
import { EXIT_USAGE, runCli } from './program.js';
import { replayInWorkers } from './replay-pool.js';

// As in the workers: places are told in the source that people wrote.
process.setSourceMapsEnabled(true);

let finished = false;

// A suite that calls process.exit, or waits for ever, must not end this process with a code of its own choice.
process.on('exit', (code) => {
  const stoppedBySignal = code > 128;
  if (finished || stoppedBySignal) return;
  process.stderr.write('powercut: a suite ended the process before the work was done.\n');
  process.exitCode = EXIT_USAGE;
});

// A reader that has seen enough (powercut list | head) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  variables: process.env,
  directory: process.cwd(),
  loadEngine: async () => (await import('./engine.js')).engine,
  explore: exploreInWorkers,
  replayFailures: replayInWorkers,
});
finished = true;
