/** In Vitest: an error that passes through no promise ends a life, and not the worker that runs the test. */
import { describe } from 'vitest';
import { handles, microtask, tick, timer } from '../cli/fixtures/uncaught.suite.js';
import { testSuite } from './vitest.js';

const SMALL = { runs: 4, workloads: 1, corpus: false } as const;

describe('testSuite', () => {
  for (const suite of [tick, microtask, timer]) testSuite({ ...suite, expected: 'unsafe' }, SMALL);
  // A copy, whose file is not known: this process can start no worker, as that is not compiled.
  testSuite({ ...handles }, SMALL);
});
