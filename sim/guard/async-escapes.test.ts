import { AsyncResource } from 'node:async_hooks';
import { Blob, Buffer } from 'node:buffer';
import { pbkdf2Sync } from 'node:crypto';
import { setTimeout as copiedLater } from 'node:timers';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { testLife } from '../testing/guarded-life.js';
import { installGuard } from './guard.js';

// Copied before the guard is there: no patch can reach it any more.
const { setTimeout: copiedBefore } = globalThis;
const guard = installGuard();

const effectsOf = async (program: () => unknown): Promise<readonly { what: string; site: string }[]> => {
  const life = testLife(1, true);
  await life.run(guard, program);
  return life.effects;
};

describe('installGuard: escapes of a watched life', () => {
  it('are told with their site: a timer that was copied before the guard came', async () => {
    const [effect] = await effectsOf(() => clearTimeout(copiedBefore(() => {}, 1)));
    expect(effect?.what).toContain('a real timer');
    expect(effect?.site).toMatch(/^sim\/guard\/async-escapes\.test\.ts:\d+:\d+$/);
  });

  it('are not suspected where there are none', async () => {
    const effects = await effectsOf(async () => {
      await Promise.resolve();
      await new Promise<void>((resolve) => process.nextTick(resolve));
      await new Promise((resolve) => copiedLater(resolve, 5));
      await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
      gzipSync(Buffer.from('text'));
      process.stdout.write('');
      pbkdf2Sync('password', 'salt', 1, 8, 'sha1');
      await new Blob(['text']).text();
      new AsyncResource('OF_A_PROGRAM').runInAsyncScope(() => undefined);
    });
    expect(effects).toEqual([]);
  });

  it('end with the span', async () => {
    const life = testLife(1, true);
    await life.run(guard, () => undefined);
    await new Promise((resolve) => copiedBefore(resolve, 1));
    expect(life.effects).toEqual([]);
  });
});
