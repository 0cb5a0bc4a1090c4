import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { adapting } from './blocking-writes.js';

const LONG = 100_000;

/** A file on a disk whose calls take as long as the test says, by a clock of the test's. */
const timedFile = async (callMs: number) => {
  const directory = mkdtempSync(join(tmpdir(), 'standing-still-'));
  const path = join(directory, 'file');
  const handle = await open(path, 'w+');
  onTestFinished(async () => {
    await handle.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const disk = { callMs };
  let nowMs = 0;
  // Who times a call looks at the clock right before it and right after it.
  const now = (): number => {
    nowMs += disk.callMs;
    return nowMs;
  };
  let beside = 0;
  const counted =
    <A extends readonly unknown[], R>(call: (...values: A) => R) =>
    (...values: A): R => {
      beside++;
      return call(...values);
    };
  const write = counted(handle.write.bind(handle) as (...values: readonly unknown[]) => unknown); // one of its forms is as good as another
  const datasync = counted(handle.datasync.bind(handle));
  const file = adapting(Object.assign(handle, { write, datasync }), now);
  /** How that many consecutive calls were made: b, on another thread, or s, blocking. */
  const made = async (count: number, call: () => Promise<unknown>): Promise<string> => {
    let how = '';
    for (let turn = 0; turn < count; turn++) {
      const before = beside;
      await call();
      how += beside > before ? 'b' : 's';
    }
    return how;
  };
  let end = 0;
  const writes = (count: number, bytes = 1): Promise<string> =>
    made(count, async () => {
      await file.write(Buffer.alloc(bytes, 'x'), 0, bytes, end);
      end += bytes;
    });
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { path, disk, pass, writes, syncs: (count: number) => made(count, () => file.datasync()) };
};

describe('adapting: the program is blocked', () => {
  test('for short writes to a disk that was quick, and not for long ones', async () => {
    const { path, writes } = await timedFile(0.2);
    expect(await writes(4)).toBe('bsss');
    expect(await writes(2, LONG)).toBe('bb');
    expect(await writes(2)).toBe('ss');
    expect(readFileSync(path, 'latin1')).toBe('x'.repeat(6 + 2 * LONG));
  });

  test('for syncs by what syncs take, and not by what writes do', async () => {
    const { disk, writes, syncs } = await timedFile(0.01);
    expect(await writes(3)).toBe('bss');
    disk.callMs = 5;
    expect(await syncs(3)).toBe('bbb');
    disk.callMs = 0.1;
    expect(await syncs(3)).toBe('bss');
  });

  test('never for a disk that takes longer than another thread should', async () => {
    const { writes } = await timedFile(0.6);
    expect(await writes(20)).toBe('b'.repeat(20));
  });

  test('again after a call of some length, when another thread was quick', async () => {
    const { disk, writes } = await timedFile(0.2);
    await writes(2);
    disk.callMs = 0.4;
    expect(await writes(1)).toBe('s');
    disk.callMs = 0.2;
    expect(await writes(3)).toBe('bss');
  });

  test('not until a hundred times as long has passed as a call took too long', async () => {
    const { disk, pass, writes } = await timedFile(0.2);
    await writes(2);
    disk.callMs = 21;
    expect(await writes(1)).toBe('s');
    disk.callMs = 0.2;
    pass(1900);
    expect(await writes(3)).toBe('bbb');
    pass(100);
    expect(await writes(3)).toBe('sss');
  });
});
