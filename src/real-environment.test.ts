import { constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { sleep } from './environment.js';
import { openEventStore } from './event-store/index.js';
import { realEnvironment } from './real-environment.js';

const temporaryDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'environment-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

describe.each(['adaptive', 'background', 'blocking'] as const)(
  'realEnvironment: with %s writes',
  (writes) => {
    const env = realEnvironment({ writes });

    test('a file holds what was written to it, and a failed write rejects', async () => {
      const path = join(temporaryDirectory(), 'file');
      const file = await env.fs.open(path, 'w+');
      const bytes = Buffer.from('-text-');
      expect(await file.write(bytes, 1, 4, 2)).toMatchObject({ bytesWritten: 4 });
      await file.datasync();
      await file.sync();
      await file.close();
      expect(await env.fs.readFile(path, 'latin1')).toBe('\0\0text');
      const readOnly = await env.fs.open(path, 'r');
      await expect(readOnly.write(bytes, 0, 4, 0)).rejects.toMatchObject({ code: 'EBADF' });
      await readOnly.close();
    });

    test('a store keeps its events, and a program that appends in a loop leaves others their turn', async () => {
      const directory = temporaryDirectory();
      const store = await openEventStore(env, directory);
      let turns = 0;
      const timer = setInterval(() => turns++, 0);
      for (let i = 0; turns < 3; i++) await store.appendToStream('s', [{ type: 't', data: i }]);
      clearInterval(timer);
      const events = await store.readAll();
      await store.close();
      const again = await openEventStore(env, directory);
      expect(await again.readAll()).toEqual(events);
      await again.close();
    });
  },
);

describe('sleep: 0 ms', () => {
  const { clock, fs } = realEnvironment();

  test('happens after others had their turn', async () => {
    let isRead = false;
    void fs.readFile(import.meta.filename).then(() => {
      isRead = true;
    });
    while (!isRead) await sleep(clock, 0);
  });

  test('does not happen when it was cancelled', async () => {
    let calls = 0;
    const cancel = clock.schedule(0, () => calls++);
    clock.schedule(0, () => calls++);
    cancel();
    // Calls without a delay are made in their order. A timer of 1 ms can fire before them on a busy machine.
    await sleep(clock, 0);
    cancel();
    expect(calls).toBe(1);
  });
});

describe('schedule: longer than a timer of Node can wait', () => {
  const MONTH_MS = 30 * 24 * 3_600_000;

  test('happens when its time has come, and not at once', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { clock } = realEnvironment();
    const called: string[] = [];
    clock.schedule(MONTH_MS, () => called.push('month'));
    clock.schedule(Number.POSITIVE_INFINITY, () => called.push('never'));
    const cancel = clock.schedule(MONTH_MS, () => called.push('cancelled'));
    vi.advanceTimersByTime(MONTH_MS - 1);
    expect(called).toEqual([]);
    cancel();
    vi.advanceTimersByTime(1);
    expect(called).toEqual(['month']);
    vi.advanceTimersByTime(12 * MONTH_MS);
    expect(called).toEqual(['month']);
  });
});

test.runIf(process.platform === 'linux')('realEnvironment: writeThrough on Linux', () => {
  const { create = 0, existing = 0 } = realEnvironment().writeThrough ?? {};
  for (const flags of [create, existing]) expect(flags & constants.O_DSYNC).toBe(constants.O_DSYNC);
});
