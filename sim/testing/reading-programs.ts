/** Suites of small random programs whose writes follow from what they read. For tests of explorers. */
import { Buffer } from 'node:buffer';
import fs from 'node:fs';
import * as fc from 'fast-check';
import { defineSuite } from '../define-suite/define-suite.js';
import { onSimulatedDisk } from '../guard/on-simulated-disk.js';
import type { Suite } from '../suite/suite.js';
import { errorCode } from '../util/errors.js';
import { Hash } from '../util/hash.js';

const FILES = ['/a', '/b', '/d/a'] as const;
const DIRECTORIES = ['/', '/d'] as const;

type Action =
  | { readonly act: 'write'; readonly path: string; readonly at: number; readonly length: number }
  | { readonly act: 'truncate'; readonly path: string; readonly size: number }
  | { readonly act: 'rename' | 'link'; readonly path: string; readonly to: string }
  | { readonly act: 'read'; readonly path: string; readonly at: number; readonly length: number }
  | { readonly act: 'unlink' | 'fsync' | 'chmod' | 'stat' | 'names' | 'mkdir'; readonly path: string };

const file = fc.constantFrom(...FILES);
const any = fc.constantFrom(...FILES, ...DIRECTORIES);

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      act: fc.constant('write' as const),
      path: file,
      at: fc.constantFrom(0, 100, 500, 700),
      length: fc.constantFrom(1, 300, 700),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('read' as const),
      path: file,
      at: fc.constantFrom(0, 100, 511, 700),
      length: fc.constantFrom(1, 20, 600),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('truncate' as const),
      path: file,
      size: fc.constantFrom(0, 50, 600, 1500),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('rename', 'link'), path: file, to: file }) },
  { weight: 5, arbitrary: fc.record({ act: fc.constantFrom('fsync', 'stat'), path: any }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('unlink', 'chmod'), path: file }) },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constantFrom('names', 'mkdir'), path: fc.constantFrom(...DIRECTORIES) }),
  },
);

export interface ReadingProgram {
  readonly boot: readonly Action[];
  readonly command: readonly Action[];
}

export const readingPrograms = (most: number): fc.Arbitrary<ReadingProgram> =>
  fc.record({
    boot: fc.array(action, { minLength: 1, maxLength: most, size: 'max' }),
    command: fc.array(action, { minLength: 1, maxLength: most, size: 'max' }),
  });

const withFile = (path: string, flags: string, use: (fd: number) => unknown): unknown => {
  const fd = fs.openSync(path, flags);
  try {
    return use(fd);
  } finally {
    fs.closeSync(fd);
  }
};

/** @param byte that it writes: what the program has read so far determines it */
const perform = (action: Action, byte: number): unknown => {
  const { path } = action;
  switch (action.act) {
    case 'write': {
      const data = Buffer.alloc(action.length, byte);
      const flags = fs.existsSync(path) ? 'r+' : 'w+';
      withFile(path, flags, (fd) => fs.writeSync(fd, data, 0, data.length, action.at));
      return undefined;
    }
    case 'read':
      return withFile(path, 'r', (fd) => {
        const bytes = Buffer.alloc(action.length);
        return bytes.toString('hex', 0, fs.readSync(fd, bytes, 0, bytes.length, action.at));
      });
    case 'truncate':
      return fs.truncateSync(path, action.size);
    case 'rename':
      return fs.renameSync(path, action.to);
    case 'link':
      return fs.linkSync(path, action.to);
    case 'unlink':
      return fs.unlinkSync(path);
    case 'chmod':
      return fs.chmodSync(path, 0o600 + byte);
    case 'fsync':
      return withFile(path, 'r', (fd) => fs.fsyncSync(fd));
    case 'stat': {
      const { size, mode, nlink } = fs.statSync(path);
      return { size, mode, nlink };
    }
    case 'names':
      return fs.readdirSync(path);
    case 'mkdir':
      return fs.mkdirSync(path);
    default:
      return action satisfies never;
  }
};

class Machine {
  readonly learnt: unknown[] = [];

  run(actions: readonly Action[], salt: number): void {
    for (const action of actions) {
      const byte = (new Hash().text(JSON.stringify(this.learnt)).lane1 + salt) & 3;
      try {
        this.learnt.push(perform(action, byte));
      } catch (error) {
        this.learnt.push(errorCode(error) ?? String(error));
      }
    }
  }
}

/** Nothing that a command learns is kept from the outside. */
export const suiteOfProgram = ({ boot, command }: ReadingProgram): Suite =>
  defineSuite<Machine, null, string>({
    name: 'a program that reads',
    boot: onSimulatedDisk(() => {
      const machine = new Machine();
      machine.run(boot, 0);
      return machine;
    }),
    commands: fc.constant([null, null]),
    perform: (machine) => {
      machine.run(command, 1);
      return new Hash().text(JSON.stringify(machine.learnt)).digest().slice(0, 1);
    },
    invariants: [
      {
        name: 'odd',
        statement: 'No file has 801 bytes.',
        check: (_history, { learnt }) =>
          JSON.stringify(learnt).includes('"size":801,') ? 'one has' : undefined,
      },
    ],
  });
