/** `cp` and `copyFile` where the random programs of the differential test seldom come: what they say, and what is left halfway. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eager } from '../../../scheduler/scheduler.js';
import { VirtualClock } from '../../../scheduler/virtual-clock.js';
import type { FaultPlan } from '../../../suite/fault-plan.js';
import { EMPTY_HISTORY } from '../../../suite/history.js';
import type { DiskModelName } from '../../../suite/suite.js';
import { IS_NODE_20 } from '../../../testing/differential/differences.js';
import { crashStates } from '../../crash-model/crash-states.js';
import { type DiskImage, EMPTY_IMAGE } from '../../crash-model/disk-image.js';
import { diskModel } from '../../crash-model/disk-models.js';
import { Journal } from '../../crash-model/journal.js';
import { FaultInjector } from '../../faults/fault-injector.js';
import { Kernel } from '../../kernel/kernel.js';
import { ObservedCalls, type StepObserver } from '../../kernel/observed-calls.js';
import type { SystemCalls } from '../../kernel/system-calls.js';
import { createFileSystem } from '../fs-promises.js';
import { createNodeFs } from '../node-fs.js';

const timeless = { now: () => 0, schedule: () => () => {} };

const nodeFsOn = (kernel: SystemCalls, observer?: StepObserver): typeof fs => {
  const scheduler = eager()(new VirtualClock(0));
  const calls = new ObservedCalls(kernel, undefined, observer);
  const disk = createNodeFs(calls, scheduler, timeless, createFileSystem(calls, scheduler));
  return disk as typeof fs; // which it stands for
};

/** What an error tells a program: its type, its text and its fields. */
const told = (error: unknown): unknown => {
  const { name, code, message, errno, syscall, path, dest, info } = Object(error) as NodeJS.ErrnoException & {
    readonly dest?: unknown;
    readonly info?: unknown;
  };
  return { name, code, message, errno, syscall, path, dest, info };
};

const everything = (disk: typeof fs, path: string): unknown[] =>
  disk
    .readdirSync(path)
    .sort()
    .flatMap((name) => {
      const at = join(path, name);
      const stats = disk.lstatSync(at);
      const mode = stats.mode.toString(8);
      if (stats.isSymbolicLink()) return [[at, '->', disk.readlinkSync(at)]];
      if (stats.isDirectory()) return [[at, mode], ...everything(disk, at)];
      return [[at, mode, stats.nlink, disk.readFileSync(at, 'latin1')]];
    });

describe('fs.cp', () => {
  let root: string;
  let simulated: typeof fs;
  beforeEach(() => {
    root = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'powercut-cp-'));
    const kernel = new Kernel(EMPTY_IMAGE, timeless.now);
    simulated = nodeFsOn(kernel);
    simulated.mkdirSync(root, { recursive: true, mode: 0o755 });
    for (const disk of [fs, simulated]) {
      const at = (path: string): string => join(root, path);
      disk.mkdirSync(at('tree/deep/deeper'), { recursive: true });
      disk.writeFileSync(at('tree/one'), '1'.repeat(700), { mode: 0o640 });
      disk.writeFileSync(at('tree/deep/two'), '2', { mode: 0o444 });
      disk.linkSync(at('tree/one'), at('tree/same'));
      disk.symlinkSync('../one', at('tree/deep/relative'));
      disk.symlinkSync(at('tree/deep'), at('tree/absolute'));
      disk.symlinkSync('nowhere', at('tree/dangling'));
      disk.mkdirSync(at('other'));
      disk.writeFileSync(at('other/one'), 'other');
      disk.symlinkSync('tree', at('to-tree'));
      disk.symlinkSync('tree/deep', at('to-deep'));
    }
  });
  afterEach(() => fs.rmSync(root, { recursive: true }));

  /** What came of the same copy on both disks: its error and all that is there then. */
  const both = async (
    from: string,
    to: string,
    options: fs.CopySyncOptions | undefined,
    form: 'sync' | 'promised',
  ): Promise<[real: unknown, simulated: unknown]> => {
    const copy = async (disk: typeof fs): Promise<unknown> => {
      let error: unknown;
      try {
        if (form === 'sync') disk.cpSync(join(root, from), join(root, to), options);
        else await disk.promises.cp(join(root, from), join(root, to), options);
      } catch (thrown) {
        error = told(thrown);
      }
      return [error, everything(disk, root)];
    };
    return [await copy(fs), await copy(simulated)];
  };

  // Later ones have another synchronous form: see the deliberate differences.
  const forms = IS_NODE_20 ? (['sync', 'promised'] as const) : (['promised'] as const);
  const recursive = true;
  const cases: [string, string, string, fs.CopySyncOptions?][] = [
    ['a file', 'tree/one', 'copy'],
    ['a file into directories that are missing', 'tree/one', 'new/and/newer/copy'],
    ['a file over another', 'tree/one', 'other/one'],
    ['a file, and leaves what is there', 'tree/one', 'other/one', { force: false }],
    ['a file over what must not be there', 'tree/one', 'other/one', { force: false, errorOnExist: true }],
    ['a file that nobody may write', 'tree/deep/two', 'copy', { preserveTimestamps: true }],
    ['a file onto itself by another name', 'tree/one', 'tree/same'],
    ['a file onto a directory', 'tree/one', 'other'],
    ['a directory onto a file', 'tree', 'other/one', { recursive }],
    ['a directory without being told to', 'tree', 'copy/of'],
    ['a tree', 'tree', 'copy', { recursive }],
    ['a tree over another', 'tree', 'other', { recursive }],
    ['a tree over another, as it stands', 'tree', 'other', { recursive, verbatimSymlinks: true }],
    ['a tree into itself', 'tree', 'tree/deep/copy', { recursive }],
    ['what links lead to', 'tree/deep', 'copy', { recursive, dereference: true }],
    ['what a broken link leads to', 'tree/dangling', 'copy', { dereference: true }],
    ['a link', 'to-tree', 'copy'],
    ['a link over a link to a directory above it', 'to-deep', 'to-tree'],
    ['a link over a link to a directory below it', 'to-tree', 'to-deep'],
    ['a broken link over a link', 'tree/dangling', 'to-deep'],
    ['a link over a file', 'to-tree', 'other/one'],
    ['nothing', 'nowhere', 'copy'],
    ['a file below a file', 'tree/one', 'other/one/below'],
    ['with copies of blocks that both files share', 'tree/one', 'copy', { mode: 4 }],
  ];
  it.each(cases.flatMap((one) => forms.map((form) => [one[0], form, one] as const)))(
    'copies %s (%s) and says what Node says',
    async (_what, form, [, from, to, options]) => {
      const [expected, found] = await both(from, to, options, form);
      expect(found).toEqual(expected);
    },
  );

  it('fails where Linux does at what is too long: a path, a name in one, what a link is to lead to', () => {
    const long = `${root}/${'a/'.repeat(2050)}`;
    const codes = (disk: typeof fs): unknown[] =>
      [
        () => disk.statSync(long),
        () => disk.statSync(`${root}/${'n'.repeat(255)}`),
        () => disk.statSync(`${root}/${'n'.repeat(256)}`),
        () => disk.writeFileSync(`${root}/${'ä'.repeat(128)}`, ''),
        () => disk.mkdirSync(`${root}/nowhere/${'n'.repeat(256)}`),
        () => disk.symlinkSync(long, `${root}/link`),
        () => disk.cpSync(`${root}/tree/one`, `${root}/${'n'.repeat(256)}`),
      ].map((call) => {
        try {
          return call();
        } catch (error) {
          return Reflect.get(Object(error), 'code');
        }
      });
    expect(codes(simulated)).toEqual(codes(fs));
    expect(codes(fs).filter((code) => code === 'ENAMETOOLONG')).toHaveLength(5);
  });

  it.each<[string, unknown]>([
    ['no object', 'recursive'],
    ['a switch that is none', { recursive: 1 }],
    ['a switch that is set to nothing', { force: undefined }],
    ['a mode that there is not', { mode: 8 }],
    ['a mode that is no number', { mode: '1' }],
    ['a filter that can not be asked', { filter: 'b' }],
    ['links both kept and followed', { dereference: true, verbatimSymlinks: true }],
    ['a filter that answers later', { filter: async () => true }],
  ])('refuses %s', (_what, options) => {
    const code = (disk: typeof fs): unknown => {
      try {
        disk.cpSync(join(root, 'tree/one'), join(root, 'copy'), options as fs.CopySyncOptions);
      } catch (error) {
        return Reflect.get(Object(error), 'code');
      }
      return 'copied';
    };
    expect(code(simulated)).toBe(code(fs));
    expect(code(fs)).toMatch(/^ERR_/);
  });

  it('asks a filter of each name, and waits for its answer', async () => {
    const asked = async (disk: typeof fs): Promise<string[]> => {
      const paths: string[] = [];
      await disk.promises.cp(join(root, 'tree'), join(root, 'copy'), {
        recursive,
        filter: async (from, to) => {
          paths.push(`${from} ${to}`);
          return !from.endsWith('deep');
        },
      });
      return paths.sort();
    };
    expect(await asked(simulated)).toEqual(await asked(fs));
    expect(everything(simulated, root)).toEqual(everything(fs, root));
  });
});

describe('fs.cp: a copy that is cut short', () => {
  const prepared = (): { kernel: Kernel; disk: typeof fs; journal: Journal; steps: string[] } => {
    const kernel = new Kernel(EMPTY_IMAGE, timeless.now);
    const before = nodeFsOn(kernel);
    before.mkdirSync('/tree');
    before.writeFileSync('/tree/a', 'a'.repeat(600));
    before.writeFileSync('/tree/b', 'b');
    const journal = new Journal();
    kernel.attach(journal);
    const steps: string[] = [];
    const disk = nodeFsOn(kernel, {
      before: () => {},
      after: (operation, path) => void steps.push(`${operation} ${path}`),
    });
    return { kernel, disk, journal, steps };
  };

  const text = (disk: DiskImage): string => {
    const left = nodeFsOn(new Kernel(disk, timeless.now));
    if (!left.existsSync('/copy')) return 'nothing';
    return left
      .readdirSync('/copy')
      .map((name) => `${name}:${left.readFileSync(`/copy/${name}`, 'latin1').length}`)
      .join(' ');
  };

  it('is a step for each call, each of which a power cut may come before', () => {
    const { disk, steps } = prepared();
    disk.cpSync('/tree', '/copy', { recursive: true });
    expect(steps.filter((step) => /^(open|mkdir|write|close|fchmod|chmod|ftruncate) /.test(step))).toEqual([
      'mkdir /copy',
      ...['a', 'b'].flatMap((name) => [
        `open /tree/${name}`,
        `open /copy/${name}`,
        `ftruncate /copy/${name}`,
        `fchmod /copy/${name}`,
        `write /copy/${name}`,
        `close /copy/${name}`,
        `close /tree/${name}`,
        `chmod /copy/${name}`,
      ]),
      'chmod /copy',
    ]);
  });

  it.each<[DiskModelName, readonly string[], readonly string[]]>([
    [
      'prefix',
      ['', 'a:0', 'a:600', 'a:600 b:0', 'a:600 b:1'],
      // In the order of the journal, never the second without the first.
      ['b:1', 'a:0 b:1'],
    ],
    ['posix', ['nothing', 'a:0', 'b:1', 'a:600 b:0', 'a:0 b:1', 'a:600 b:1'], []],
  ])('leaves part of a tree under %s', (model, possible, impossible) => {
    const { disk, journal } = prepared();
    const base = prepared();
    base.disk.rmSync('/tree', { recursive: true });
    disk.cpSync('/tree', '/copy', { recursive: true });
    const left = new Set<string>();
    const start = { image: EMPTY_IMAGE, history: EMPTY_HISTORY };
    const options = { model: diskModel(model), budget: 256, seed: 'test' };
    for (const { states } of crashStates(start, journal.entries, options))
      for (const { image } of states) left.add(text(image));
    for (const one of possible) expect(left).toContain(one);
    for (const one of impossible) expect(left).not.toContain(one);
  });

  it.each(['sync', 'promised'] as const)(
    'takes the file away that it could not fill, and tells of one call (%s)',
    async (form) => {
      const { kernel } = prepared();
      const plan: FaultPlan = { fault: 'error-before', code: 'ENOSPC', at: { operation: 'write', nth: 2 } };
      const faults = new FaultInjector(kernel, {
        plans: [plan],
        model: diskModel('posix'),
        firstLife: true,
        draw: undefined,
        site: () => undefined,
      });
      const disk = nodeFsOn(faults);
      const copy = async (): Promise<unknown> => {
        try {
          if (form === 'sync') disk.cpSync('/tree', '/copy', { recursive: true });
          else await disk.promises.cp('/tree', '/copy', { recursive: true });
        } catch (error) {
          return told(error);
        }
        return 'copied';
      };
      expect(await copy()).toMatchObject({
        code: 'ENOSPC',
        syscall: 'copyfile',
        path: '/tree/b',
        dest: '/copy/b',
      });
      expect(disk.readdirSync('/copy')).toEqual(['a']);
      const open = (): number => kernel.open('/', fs.constants.O_RDONLY, 0);
      expect([open(), open(), open()]).toEqual([3, 4, 5]);
    },
  );
});
