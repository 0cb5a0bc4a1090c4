import { describe, expect, it } from 'vitest';
import { uncontrolled } from './determinism.js';
import { readSources } from './sources.js';

const inStore = (text: string): readonly string[] =>
  uncontrolled(new Map([['src/event-store/store.ts', text]]));

describe('uncontrolled: time, randomness and machinery', () => {
  it('come to src and sim through the environment only', () => {
    expect(uncontrolled(readSources(['src', 'sim']))).toEqual([]);
  });

  it.each([
    ['const now = Date.now();', 'Date.now'],
    ['const now = new Date();', 'new Date()'],
    ['const now = globalThis.performance.now();', 'performance'],
    ['setTimeout(() => {}, 1);', 'setTimeout'],
    ['const { now } = performance;', 'performance'],
    ['const n = Math.random();', 'Math.random'],
    ['const random = { draw: Math.random };', 'Math.random'],
    ['const id = crypto.randomUUID();', 'crypto'],
    ['const later = queueMicrotask;', 'queueMicrotask'],
    [`import { randomUUID as uuid } from 'node:crypto';`, 'randomUUID of node:crypto'],
    [`import * as crypto from 'node:crypto';`, 'node:crypto'],
    [`import { setTimeout as sleep } from 'node:timers/promises';`, 'node:timers/promises'],
    [`import { threadId } from 'node:worker_threads';`, 'node:worker_threads'],
  ])('are found in: %s', (text, what) => {
    expect(inStore(text)).toContain(`src/event-store/store.ts:1 uses ${what}`);
  });

  it.each([
    'const then = new Date(clock.now());',
    'const clock = { setTimeout: schedule };',
    'clock.setTimeout(1);',
    'const least = Math.min(1, 2);',
    `import { createHash } from 'node:crypto';`,
    `import type { Worker } from 'node:worker_threads';`,
    'interface Timers { setTimeout(): void; readonly performance: number }',
  ])('are not suspected in: %s', (text) => {
    expect(inStore(text)).toEqual([]);
  });
});
