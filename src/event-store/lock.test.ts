import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { processName, realEnvironment } from '../environment.js';
import { openEventStore } from './index.js';
import { temporaryDirectory } from './test-support.js';

const locks = (directory: string): string[] =>
  readdirSync(directory).filter((name) => name.startsWith('lock-'));

test('a directory that is open is refused, and free again after close', async () => {
  const directory = temporaryDirectory();
  const store = await openEventStore(realEnvironment(), directory);
  await expect(openEventStore(realEnvironment(), directory)).rejects.toMatchObject({ code: 'STORE_LOCKED' });
  await store.close();
  const again = await openEventStore(realEnvironment(), directory);
  await again.close();
  expect(locks(directory)).toEqual([]);
});

test('a directory that another process has open is refused until that process is gone', async () => {
  const directory = temporaryDirectory();
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  writeFileSync(`${directory}/lock-${processName(child.pid ?? 0)}`, '');
  await expect(openEventStore(realEnvironment(), directory)).rejects.toMatchObject({ code: 'STORE_LOCKED' });
  expect(locks(directory)).toHaveLength(1);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const store = await openEventStore(realEnvironment(), directory);
  expect(locks(directory)).toHaveLength(1);
  await store.close();
});

test('a store that can not be opened leaves no lock behind', async () => {
  const directory = temporaryDirectory();
  writeFileSync(`${directory}/00000007.log`, '');
  await expect(openEventStore(realEnvironment(), directory)).rejects.toMatchObject({ code: 'CORRUPT_LOG' });
  expect(locks(directory)).toEqual([]);
});

test.runIf(process.platform === 'linux')(
  'a process of another boot, or with a reused id, is not taken for alive',
  () => {
    const { processes } = realEnvironment();
    expect(processes?.isAlive(processName(process.pid))).toBe(true);
    expect(processes?.isAlive(`${process.pid}-0-00000000`)).toBe(false);
    expect(processes?.isAlive('no process')).toBe(false);
  },
);
