import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleepMs } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Environment, Locks } from '../../environment.js';
import { newLockName } from '../../locks/names.js';
import { processName } from '../../locks/processes.js';
import { realEnvironment } from '../../real-environment.js';
import { inMemory, intercepted, systemError, temporaryDirectory } from '../../testing/event-stores.js';
import { type DurableEventStore, openEventStore } from '../index.js';

const locks = (directory: string): string[] =>
  readdirSync(directory).filter((name) => name.startsWith('lock-'));

const LOCKED = { code: 'STORE_LOCKED' };
const EVENT = { type: 't', data: 1 };

const openFor = async (env: Environment, directory: string): Promise<DurableEventStore> => {
  const store = await openEventStore(env, directory);
  onTestFinished(() => store.close());
  return store;
};

test('openEventStore: a directory that is open is refused, and free again after close', async () => {
  const directory = temporaryDirectory();
  const store = await openEventStore(realEnvironment(), directory);
  await expect(openEventStore(realEnvironment(), directory)).rejects.toMatchObject(LOCKED);
  await store.close();
  const again = await openEventStore(realEnvironment(), directory);
  await again.close();
  expect(locks(directory)).toEqual([]);
});

test('openEventStore: a directory whose path is too long for a socket is locked, too', async () => {
  const directory = `${temporaryDirectory()}/${'long/'.repeat(40)}${'x'.repeat(200)}`;
  const store = await openFor(realEnvironment(), directory);
  await expect(openEventStore(realEnvironment(), directory)).rejects.toMatchObject(LOCKED);
  await store.appendToStream('s', [EVENT]);
});

test('openEventStore: of many that open a directory at once one gets it, and the others are refused', async () => {
  const directory = temporaryDirectory();
  const results = await Promise.allSettled(
    Array.from({ length: 12 }, () => openEventStore(realEnvironment(), directory)),
  );
  const opened = results.filter((result) => result.status === 'fulfilled');
  for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject(LOCKED);
  expect(opened).toHaveLength(1);
  for (const { value } of opened) await value.close();
  expect(locks(directory)).toEqual([]);
});

test('openEventStore: of many that come at once a younger one looks at the oldest only, and gives way', async () => {
  const fs = inMemory({});
  const [oldest, older, own] = [1, 2, 3].map((ms) => newLockName('socket', '77', ms, 0));
  const [younger, dead] = [newLockName('socket', '77', 4, 0), newLockName('socket', '78', 0, 0)];
  const asked: string[] = [];
  const put = async (...names: (string | undefined)[]): Promise<void> => {
    for (const name of names) await fs.writeFile(`/data/${name}`, '');
  };
  const locks: Locks = {
    announce: async () => {
      await put(younger, own, older, oldest);
      const withdraw = (): Promise<void> => fs.rm(`/data/${own}`);
      return { name: own, check: () => {}, onLost: () => {}, withdraw };
    },
    presenceOf: async (_, name) => {
      asked.push(name);
      return { state: name === dead ? 'dead' : 'alive' };
    },
  };
  await put(dead);
  await expect(openEventStore({ ...realEnvironment(), fs, locks }, '/data')).rejects.toMatchObject(LOCKED);
  expect(asked).toEqual([dead, dead, oldest]);
  expect(await fs.readdir('/data')).not.toContain(own);
});

describe('openEventStore: another process', () => {
  /** A process that listens on a lock's socket, and does nothing else. */
  const holding = async (directory: string): Promise<ChildProcess> => {
    const listen = "require('net').createServer().listen(process.argv[1], () => console.log('listening'))";
    const socket = `${directory}/lock-000000000-0-77.sock`;
    const child = spawn(process.execPath, ['-e', listen, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    if (child.stdout !== null) await once(child.stdout, 'data');
    return child;
  };

  test('is refused a directory until the one that has it is gone, and then gets it within a second', async () => {
    const directory = temporaryDirectory();
    const child = await holding(directory);
    await expect(openEventStore(realEnvironment(), directory)).rejects.toMatchObject(LOCKED);
    expect(locks(directory)).toHaveLength(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const began = performance.now();
    await openFor(realEnvironment(), directory);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(locks(directory)).toHaveLength(1);
  });

  test('is refused a directory whose holder is stopped and answers nobody', async () => {
    const directory = temporaryDirectory();
    const child = await holding(directory);
    child.kill('SIGSTOP');
    await expect(openEventStore(realEnvironment(), directory)).rejects.toMatchObject(LOCKED);
  });

  test('is told of a record, which holds while its process runs', async () => {
    const directory = temporaryDirectory();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child, 'spawn');
    const name = processName(child.pid ?? 0);
    for (const lock of [`lock-${name}`, `lock-0abcdefgh-1-${name}.pid`]) {
      writeFileSync(`${directory}/${lock}`, '');
      await expect(openEventStore(realEnvironment(), directory)).rejects.toMatchObject(LOCKED);
      expect(locks(directory)).toEqual([lock]);
      rmSync(`${directory}/${lock}`);
    }
    writeFileSync(`${directory}/lock-${name}`, '');
    child.kill('SIGKILL');
    await once(child, 'exit');
    await openFor(realEnvironment(), directory);
    expect(locks(directory)).toHaveLength(1);
  });
});

test('openEventStore: a store that can not be opened leaves no lock behind', async () => {
  const directory = temporaryDirectory();
  writeFileSync(`${directory}/00000007.log`, '');
  await expect(openEventStore(realEnvironment(), directory)).rejects.toMatchObject({ code: 'CORRUPT_LOG' });
  expect(locks(directory)).toEqual([]);
});

test('openEventStore: an opening that fails while it looks for others leaves no lock behind', async () => {
  const directory = temporaryDirectory();
  const env = realEnvironment();
  const fs = intercepted(env.fs, (call) => {
    if (call === 'readdir') throw systemError('EMFILE');
  });
  await expect(openEventStore({ ...env, fs }, directory)).rejects.toMatchObject({ code: 'EMFILE' });
  expect(locks(directory)).toEqual([]);
  await openFor(env, directory);
});

test('openEventStore: what was left by dead processes, or is no lock, is no obstacle', async () => {
  const directory = temporaryDirectory();
  for (const name of [
    '999999-1-abc',
    '1-1-deadbeef',
    '',
    'x',
    '..',
    '0abcdefgh-1-77.sock',
    '0abcdefgh-1-77.sock.new',
  ])
    writeFileSync(`${directory}/lock-${name}`, '');
  mkdirSync(`${directory}/lock-1-2-3`);
  const store = await openEventStore(realEnvironment(), directory);
  await store.close();
  expect(locks(directory).sort()).toEqual(['lock-', 'lock-..', 'lock-1-2-3', 'lock-x']);
});

test('openEventStore: a program with files of its own is locked among them', async () => {
  const fs = inMemory({});
  const env = { ...realEnvironment(), fs };
  const store = await openFor(env, '/data');
  await expect(openEventStore(env, '/data')).rejects.toMatchObject(LOCKED);
  await store.appendToStream('s', [EVENT]);
});

describe('openEventStore: a store whose lock is gone', () => {
  const directory = (): string => `${temporaryDirectory()}/store`;
  const entry = (at: string): string => `${at}/${locks(at)[0]}`;

  test.each<[string, (at: string) => void]>([
    ['its entry was removed', (at) => rmSync(entry(at))],
    [
      'its entry was replaced',
      (at) => {
        const name = entry(at);
        writeFileSync(`${at}/other`, '');
        renameSync(`${at}/other`, name);
      },
    ],
    ['its directory was renamed', (at) => renameSync(at, `${at}-2`)],
    ['its directory was removed', (at) => rmSync(at, { recursive: true })],
  ])('stops within a second: %s', async (_, harm) => {
    const at = directory();
    const store = await openEventStore(realEnvironment(), at);
    await store.appendToStream('s', [EVENT]);
    harm(at);
    await sleepMs(1000);
    await expect(store.appendToStream('s', [EVENT])).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await store.close();
  });

  test.each<[string, (at: string) => void]>([
    ['removed', (at) => rmSync(`${at}/00000001.log`)],
    ['replaced', (at) => renameSync(entry(at), `${at}/00000001.log`)],
    ['removed with its directory', (at) => rmSync(at, { recursive: true })],
  ])('acknowledges nothing that goes into a file that was %s', async (_, harm) => {
    const at = directory();
    const store = await openEventStore(realEnvironment(), at);
    await store.appendToStream('s', [EVENT]);
    harm(at);
    const failed = expect.objectContaining({ status: 'rejected' });
    for (let i = 0; i < 20; i++)
      expect(await Promise.allSettled([store.appendToStream('s', [EVENT])])).toEqual([failed]);
    await store.close();
  });

  test('leaves alone the entry of the one that has taken its place', async () => {
    const at = directory();
    const first = await openEventStore(realEnvironment(), at);
    rmSync(entry(at));
    const second = await openFor(realEnvironment(), at);
    await first.close();
    expect(locks(at)).toHaveLength(1);
    await expect(openEventStore(realEnvironment(), at)).rejects.toMatchObject(LOCKED);
    await second.appendToStream('s', [EVENT]);
  });
});
