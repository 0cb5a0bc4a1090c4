#!/usr/bin/env node
/** The `powercut-store` command: the real machine handed to the command line. */
import { realEnvironment } from '../../src/real-environment.js';
import { printTo } from './output.js';
import { runStoreCli } from './program.js';

const { print, keptUp } = printTo(process.stdout);

process.exitCode = await runStoreCli(process.argv.slice(2), {
  environment: realEnvironment(),
  print,
  keptUp,
  complain: (line) => process.stderr.write(`${line}\n`),
});
