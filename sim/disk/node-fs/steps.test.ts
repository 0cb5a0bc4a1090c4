/**
 * Each function of `node:fs` is the steps that its name promises, in each of its forms: by them a story tells what a program did,
 * and faults are planned for them.
 */
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { installGuard } from '../../guard/guard.js';
import { onSimulatedDisk } from '../../guard/on-simulated-disk.js';
import { drive, until } from '../../life/drive.js';
import { World } from '../../life/world.js';
import { FIRST_LIFE } from '../../run/tape.js';
import { eager } from '../../scheduler/scheduler.js';
import type { FaultPlan } from '../../suite/fault-plan.js';
import type { Operation } from '../../suite/operations.js';
import { diskModel } from '../crash-model/disk-models.js';

type Call = (...args: unknown[]) => unknown;

const run = async (
  program: () => unknown,
  plan?: FaultPlan,
): Promise<{ readonly world: World; readonly error: unknown }> => {
  const faults = plan === undefined ? {} : { faults: { plans: [plan], model: diskModel('posix') } };
  const world = new World({ ...FIRST_LIFE, scheduling: eager(), ...faults });
  const settled = await drive(
    until(world, () => onSimulatedDisk(program)(world.environment)),
    installGuard(),
  );
  return { world, error: settled.status === 'rejected' ? settled.error : settled.status };
};

/** By path: the arguments, and the step that the function is named for. */
const BY_PATH: Readonly<Record<string, readonly [args: readonly unknown[], operation: Operation]>> = {
  access: [['/f'], 'access'],
  appendFile: [['/f', 'x'], 'write'],
  chmod: [['/f', 0o600], 'chmod'],
  chown: [['/f', 0, 0], 'chown'],
  copyFile: [['/f', '/copy'], 'write'],
  cp: [['/f', '/copy'], 'write'],
  lchown: [['/f', 0, 0], 'lchown'],
  link: [['/f', '/linked'], 'link'],
  lstat: [['/f'], 'lstat'],
  lutimes: [['/f', 1, 2], 'lutime'],
  mkdir: [['/made'], 'mkdir'],
  mkdtemp: [['/temporary-'], 'mkdir'],
  open: [['/f', 'r'], 'open'],
  opendir: [['/d'], 'opendir'],
  readFile: [['/f'], 'read'],
  readdir: [['/d'], 'readdir'],
  readlink: [['/s'], 'readlink'],
  realpath: [['/f'], 'realpath'],
  rename: [['/f', '/g'], 'rename'],
  rm: [['/f'], 'rm'],
  rmdir: [['/d'], 'rmdir'],
  stat: [['/f'], 'stat'],
  statfs: [['/f'], 'statfs'],
  symlink: [['/f', '/linked'], 'symlink'],
  truncate: [['/f', 1], 'ftruncate'],
  unlink: [['/f'], 'unlink'],
  utimes: [['/f', 1, 2], 'utime'],
  writeFile: [['/f', 'x'], 'write'],
};

/** On a descriptor, with the name of a FileHandle's method. */
const ON_DESCRIPTOR: Readonly<
  Record<string, readonly [args: readonly unknown[], operation: Operation, method: string]>
> = {
  close: [[], 'close', 'close'],
  fchmod: [[0o600], 'fchmod', 'chmod'],
  fchown: [[0, 0], 'fchown', 'chown'],
  fdatasync: [[], 'fdatasync', 'datasync'],
  fstat: [[], 'fstat', 'stat'],
  fsync: [[], 'fsync', 'sync'],
  ftruncate: [[1], 'ftruncate', 'truncate'],
  futimes: [[1, 2], 'futime', 'utimes'],
  read: [[Buffer.alloc(3), 0, 3, 0], 'read', 'read'],
  readv: [[[Buffer.alloc(3)], 0], 'read', 'readv'],
  write: [['x'], 'write', 'write'],
  writev: [[[Buffer.from('x')]], 'write', 'writev'],
  readFile: [[], 'read', 'readFile'],
  writeFile: [['x'], 'write', 'writeFile'],
  appendFile: [['x'], 'write', 'appendFile'],
};

const method = (owner: object, name: string): Call => {
  const found: unknown = Reflect.get(owner, name);
  return (...args) => Reflect.apply(Object(found), owner, args);
};

const calledBack = (name: string, args: readonly unknown[]): Promise<void> =>
  new Promise((resolve, reject) => {
    method(fs, name)(...args, (error: unknown) => (error ? reject(error) : resolve()));
  });

interface Case {
  readonly title: string;
  readonly operation: Operation;
  readonly act: () => unknown;
}

const cases = (): readonly Case[] => {
  const all: Case[] = [];
  const add = (title: string, operation: Operation, act: () => unknown): void =>
    void all.push({ title, operation, act });
  for (const [name, [args, operation]] of Object.entries(BY_PATH)) {
    add(`fs.${name}Sync`, operation, () => method(fs, `${name}Sync`)(...args));
    add(`fs.${name}`, operation, () => calledBack(name, args));
    add(`fs.promises.${name}`, operation, () => method(fs.promises, name)(...args));
  }
  for (const [name, [args, operation, own]] of Object.entries(ON_DESCRIPTOR)) {
    add(`fs.${name}Sync of a descriptor`, operation, () =>
      method(fs, `${name}Sync`)(fs.openSync('/f', 'r+'), ...args),
    );
    add(`fs.${name} of a descriptor`, operation, () => calledBack(name, [fs.openSync('/f', 'r+'), ...args]));
    add(`FileHandle.${own}`, operation, async () => method(await fs.promises.open('/f', 'r+'), own)(...args));
  }
  add('fs.watch', 'watch', () => fs.watch('/f'));
  add('fs.promises.watch', 'watch', () => fs.promises.watch('/f')[Symbol.asyncIterator]().next());
  add('fs.exists', 'access', () => new Promise((resolve) => method(fs, 'exists')('/f', resolve)));
  return all;
};

const prepare = (): void => {
  fs.writeFileSync('/f', 'what is in it');
  fs.mkdirSync('/d');
  fs.symlinkSync('/f', '/s');
};

const CASES = cases();
/** They give the caller no error: a planned fault only changes the answer. */
const SILENT = new Set(['fs.exists']);

describe('node:fs: each function', () => {
  it.each(CASES.map((each) => [each.title, each] as const))(
    'is the step that it is named for: %s',
    async (_title, { operation, act }) => {
      const { world: prepared } = await run(prepare);
      const { world } = await run(async () => {
        prepare();
        await Promise.race([act(), new Promise((resolve) => setTimeout(resolve, 10))]);
      });
      const steps = world.steps.slice(prepared.steps.length).map((step) => step.operation);
      expect(steps).toContain(operation);
    },
  );

  it.each(CASES.map((each) => [each.title, each] as const))(
    'fails where a fault is planned for that step: %s',
    async (title, { operation, act }) => {
      const { world: prepared } = await run(prepare);
      const earlier = prepared.steps.filter((step) => step.operation === operation).length;
      // What the case itself opens, to have a descriptor, is not what is meant.
      const fault = operation === 'close' ? 'error-after' : 'error-before';
      const plan: FaultPlan = { fault, at: { operation, nth: earlier + 1 }, code: 'EROFS' };
      const { world, error } = await run(async () => {
        prepare();
        await act();
      }, plan);
      expect(world.faults?.fired).toEqual([1]);
      if (!SILENT.has(title)) expect(error).toMatchObject({ code: 'EROFS' });
    },
  );

  it('is among these, whatever touches the disk', () => {
    const tried = new Set(
      CASES.map(({ title }) =>
        title
          .replace(/^fs\.(promises\.)?/, '')
          .replace(/Sync\b/, '')
          .replace(/ .*/, ''),
      ),
    );
    // Not asked of the disk as one step, or of files that are watched; the tests of those are elsewhere.
    const others = new Set([
      'createReadStream',
      'createWriteStream',
      'watchFile',
      'unwatchFile',
      'openAsBlob',
      'glob',
      'lchmod',
      'mkdtempDisposable',
      '_toUnixTimestamp',
    ]);
    const untried = Object.keys(fs)
      .filter((name) => typeof Reflect.get(fs, name) === 'function' && /^[a-z_]/.test(name))
      .map((name) => name.replace(/Sync$/, ''))
      .filter((name) => !tried.has(name) && !others.has(name));
    expect(untried).toEqual([]);
  });
});
