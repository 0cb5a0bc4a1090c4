import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Announcement, Locks } from '../environment.js';
import { parseLockName } from './names.js';
import { addressLocks, systemLocks } from './system-locks.js';

const temporaryDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'locks-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

const announce = async (locks: Locks, directory: string): Promise<Announcement> => {
  const own = await locks.announce(directory);
  if (own === undefined) throw new Error('it is taken');
  return own;
};

describe('systemLocks: a socket', () => {
  const locks = systemLocks();

  test('is alive from the moment it shows until it is withdrawn', async () => {
    const directory = temporaryDirectory();
    const own = await announce(locks, directory);
    expect(readdirSync(directory)).toEqual([own.name]);
    expect(parseLockName(own.name ?? '')).toEqual({ kind: 'socket', owner: String(process.pid) });
    expect(await locks.presenceOf(directory, own.name ?? '')).toEqual({ state: 'alive' });
    await own.withdraw();
    expect(readdirSync(directory)).toEqual([]);
    expect(await locks.presenceOf(directory, own.name ?? '')).toEqual({ state: 'dead' });
  });

  test('is alive while more wait for an answer than may wait', async () => {
    const directory = temporaryDirectory();
    const name = 'lock-000000000-0-1.sock';
    const server = createServer().listen({ path: `${directory}/${name}`, backlog: 1 });
    onTestFinished(() => void server.close());
    await new Promise((listening) => server.once('listening', listening));
    const asked = Array.from({ length: 64 }, () => locks.presenceOf(directory, name));
    for (const presence of await Promise.all(asked)) expect(presence).toEqual({ state: 'alive' });
  });

  test.each([
    ['before 1970', -1000],
    ['in the year 9999', 253_402_300_799_000],
    ['between two milliseconds', 0.5],
  ])('is a lock although the clock stands %s', async (_, now) => {
    const directory = temporaryDirectory();
    vi.spyOn(Date, 'now').mockReturnValue(now);
    onTestFinished(() => void vi.restoreAllMocks());
    const own = await announce(locks, directory);
    expect(parseLockName(own.name ?? '')?.kind).toBe('socket');
    await own.withdraw();
  });

  test('was alive if it is withdrawn before it accepts a connection', async () => {
    const directory = temporaryDirectory();
    const own = await announce(locks, directory);
    const asked = locks.presenceOf(directory, own.name ?? '');
    await own.withdraw();
    expect(await asked).toEqual({ state: 'alive' });
  });

  test('that is a plain file, as a restored backup has it, is dead', async () => {
    const directory = temporaryDirectory();
    writeFileSync(`${directory}/lock-000000000-0-1.sock`, '');
    expect(await locks.presenceOf(directory, 'lock-000000000-0-1.sock')).toEqual({ state: 'dead' });
  });

  test('that is there, but leads nowhere, is not known', async () => {
    const directory = temporaryDirectory();
    symlinkSync('nowhere', `${directory}/lock-000000000-0-1.sock`);
    expect(await locks.presenceOf(directory, 'lock-000000000-0-1.sock')).toMatchObject({ state: 'unknown' });
    expect(await locks.presenceOf(directory, 'lock-000000000-0-2.sock')).toEqual({ state: 'dead' });
  });

  test('in a directory with a long path is found alive, and dead', async () => {
    const directory = `${temporaryDirectory()}/${'d'.repeat(150)}`;
    mkdirSync(directory);
    const own = await announce(locks, directory);
    expect(await locks.presenceOf(directory, own.name ?? '')).toEqual({ state: 'alive' });
    await own.withdraw();
    expect(await locks.presenceOf(directory, own.name ?? '')).toEqual({ state: 'dead' });
  });

  test('that can not be asked is not known', async () => {
    const directory = temporaryDirectory();
    mkdirSync(`${directory}/loop`);
    const name = 'x'.repeat(300);
    expect(await locks.presenceOf(directory, `${name}`)).toEqual({ state: 'dead' }); // no lock at all
    const lock = `lock-000000000-${'0'.repeat(300)}-1.sock`;
    expect(await locks.presenceOf(directory, lock)).toMatchObject({ state: 'unknown' });
  });
});

// An abstract socket of Linux behaves as a named pipe of Windows does: one listener an address, gone with its process.
describe.runIf(process.platform === 'linux')('addressLocks', () => {
  test('belongs to one at a time', async () => {
    const locks = addressLocks('\0');
    const directory = temporaryDirectory();
    const own = await announce(locks, directory);
    expect(await locks.announce(directory)).toBeUndefined();
    const other = await announce(locks, temporaryDirectory());
    await other.withdraw();
    await own.withdraw();
    await (await announce(locks, directory)).withdraw();
  });
});
