/** `recursive`: one system call for each directory or name, in each form, so that other calls come between. */
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { installGuard } from '../../../guard/guard.js';
import { onSimulatedDisk } from '../../../guard/on-simulated-disk.js';
import { drive, until } from '../../../life/drive.js';
import { World } from '../../../life/world.js';
import { FIRST_LIFE } from '../../../run/tape.js';
import { eager } from '../../../scheduler/scheduler.js';

/** The calls of a program on a disk with /d/e/f and /d/g, by name and path; those that fail with their code. */
const callsOf = async (program: () => unknown): Promise<readonly string[]> => {
  const world = new World({ ...FIRST_LIFE, scheduling: eager() });
  let prepared = 0;
  const settled = await drive(
    until(world, () =>
      onSimulatedDisk(() => {
        for (const path of ['/d', '/d/e']) fs.mkdirSync(path);
        for (const path of ['/d/e/f', '/d/g']) fs.writeFileSync(path, '');
        prepared = world.steps.length;
        return program();
      })(world.environment),
    ),
    installGuard(),
  );
  expect(settled.status).toBe('fulfilled');
  return world.steps
    .slice(prepared)
    .map(({ operation, path, result }) =>
      [operation, path, ...(typeof result === 'string' ? [result] : [])].join(' '),
    );
};

type Name = 'mkdir' | 'rm' | 'readdir';
type Call = (...args: unknown[]) => unknown;

const formOf = (owner: object, name: string): Call => {
  const call: unknown = Reflect.get(owner, name);
  return (...args) => Reflect.apply(Object(call), owner, args);
};

const FORMS: Readonly<Record<string, (name: Name, args: readonly unknown[]) => unknown>> = {
  synchronous: (name, args) => formOf(fs, `${name}Sync`)(...args),
  promised: (name, args) => formOf(fs.promises, name)(...args),
  'called back': (name, args) =>
    new Promise((resolve, reject) =>
      formOf(fs, name)(...args, (error: unknown, value: unknown) => (error ? reject(error) : resolve(value))),
    ),
};

const RECURSIVE = { recursive: true };

describe.each(Object.entries(FORMS))('treeCalls: %s', (_form, start) => {
  it('mkdir tries the whole path, goes up as far as directories are missing, and down again', async () => {
    expect(await callsOf(() => start('mkdir', ['/d/x/y', RECURSIVE]))).toEqual([
      'mkdir /d/x/y ENOENT',
      'mkdir /d/x',
      'mkdir /d/x/y',
    ]);
    expect(await callsOf(() => start('mkdir', ['/d/x', RECURSIVE]))).toEqual(['mkdir /d/x']);
    expect(await callsOf(() => start('mkdir', ['/d/e', RECURSIVE]))).toEqual(['mkdir /d/e']);
  });

  it('rm empties each directory before it removes it', async () => {
    expect(await callsOf(() => start('rm', ['/d', RECURSIVE]))).toEqual([
      'rm /d ENOTEMPTY',
      'readdir /d',
      'rm /d/e ENOTEMPTY',
      'readdir /d/e',
      'rm /d/e/f',
      'rm /d/e',
      'rm /d/g',
      'rm /d',
    ]);
    expect(await callsOf(() => start('rm', ['/d/g', RECURSIVE]))).toEqual(['rm /d/g']);
  });

  it('readdir lists each directory by itself', async () => {
    expect(await callsOf(() => start('readdir', ['/d', RECURSIVE]))).toEqual(['readdir /d', 'readdir /d/e']);
    expect(await callsOf(() => start('readdir', ['/d']))).toEqual(['readdir /d']);
  });
});

describe('treeCalls: another call in between', () => {
  it('a file that comes while a tree is removed keeps its directory', async () => {
    let outcome: unknown;
    const calls = await callsOf(async () => {
      const removal = fs.promises.rm('/d', RECURSIVE).then(
        () => 'removed',
        (error: NodeJS.ErrnoException) => error.code,
      );
      // After the names in /d were read.
      for (let calls = 0; calls < 2; calls++) await fs.promises.stat('/');
      await fs.promises.writeFile('/d/late', '');
      outcome = await removal;
      expect(fs.readdirSync('/d')).toEqual(['late']);
    });
    expect(outcome).toBe('ENOTEMPTY');
    expect(calls).toContain('rm /d ENOTEMPTY');
  });

  it('a directory that another process of the program makes first is no error', async () => {
    const made: unknown[] = [];
    await callsOf(async () => {
      const twice = [1, 2].map(() => fs.promises.mkdir('/d/x/y', RECURSIVE));
      made.push(...(await Promise.all(twice)));
      expect(fs.statSync('/d/x/y').isDirectory()).toBe(true);
    });
    expect(made).toEqual(['/d/x', undefined]);
  });
});

describe('treeCalls: mkdir', () => {
  it.each([
    ['/d/g', 'EEXIST'],
    ['/d/g/x/y', 'ENOTDIR'],
    ['/to-nothing/x', 'ENOENT'],
  ])('says of %s what is wrong with the whole path', async (path, code) => {
    await callsOf(() => {
      fs.symlinkSync('/nowhere', '/to-nothing');
      expect(() => fs.mkdirSync(path, RECURSIVE)).toThrow(expect.objectContaining({ code, path }));
    });
  });
});
