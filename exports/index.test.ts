/** What `powercut` exports: few values, so that a reader sees the whole of it; the rest is in namespaces. */
import { expect, test } from 'vitest';
import * as powercut from './index.js';

test('powercut exports ten values, and the rest in namespaces', () => {
  expect(Object.keys(powercut).sort()).toEqual([
    'DEFAULT_OPTIONS',
    'DISK_MODELS',
    'PowercutError',
    'combineResults',
    'defineSuite',
    'exploreSuite',
    'fc',
    'invariants',
    'observation',
    'replay',
  ]);
  expect(Object.keys(powercut.observation)).toEqual(
    expect.arrayContaining(['NOTHING_OBSERVED', 'observeOnce', 'remember']),
  );
});
