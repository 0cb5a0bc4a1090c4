#!/usr/bin/env node
/** The `powercut-store` command: the real machine handed to the command line. */
import { realEnvironment } from '../../src/environment.js';
import { runStoreCli } from './program.js';

// A reader that has seen enough (powercut-store dump | head) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await runStoreCli(process.argv.slice(2), {
  environment: realEnvironment(),
  print: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
});
