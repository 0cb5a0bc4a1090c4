#!/usr/bin/env node
/** The `powercut-store` command: the real machine handed to the command line. */
import { realEnvironment } from '../../src/real-environment.js';
import { StandardOutput } from '../output/standard-output.js';
import { printTo } from './output.js';
import { runStoreCli, USAGE } from './program.js';

const { print, keptUp } = printTo(process.stdout);
const output = new StandardOutput(process.stdout, process.stderr, 'powercut-store');

const decided = await runStoreCli(process.argv.slice(2), {
  environment: realEnvironment(),
  print,
  keptUp,
  complain: (line) => process.stderr.write(`${line}\n`),
});
// What could not be printed says nothing of the log.
process.exitCode = (await output.isComplete()) ? decided : USAGE;
