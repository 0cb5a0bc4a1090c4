import { describe, expect, it } from 'vitest';
import { againstTheArrows, circles, type Imports, importsIn, loadedWith, reachable } from './arrows.js';
import { FOLDERS, readSources } from './sources.js';

const source = (path: string, text: string): Imports => importsIn(new Map([[path, text]]));

const project = importsIn(readSources(FOLDERS));

describe('againstTheArrows: the arrows between the rooms', () => {
  it('hold in every file of the project', () => {
    expect(project.has('src/environment.ts')).toBe(true);
    expect(againstTheArrows(project)).toEqual([]);
  });

  it('have no circle in any room', () => {
    expect(circles(project)).toEqual([]);
  });

  it('bring nothing of the simulator to those who only want the store', () => {
    const brought = [...reachable(project, 'exports/store.ts')];
    expect(brought).toContain('src/event-store/event-store.ts');
    expect(brought.filter((path) => !path.startsWith('src/'))).toEqual(['exports/store.ts']);
  });

  it('start a command line without its commands, and a command without what lives and disks are simulated by', () => {
    const first = [...loadedWith(project, 'cli/main.ts')];
    expect(first).toContain('cli/program.ts');
    expect(
      first.filter((path) =>
        /^cli\/(commands\/\w+\/(?!program)|commands\/(run|watch|replay|report)\.ts|workers\/pool)/.test(path),
      ),
    ).toEqual([]);
    for (const command of ['run', 'watch', 'replay', 'report', 'list']) {
      const loaded = [...loadedWith(project, `cli/commands/${command}.ts`)];
      expect(loaded).toContain('cli/usage-error.ts');
      expect(
        loaded.filter((path) =>
          /^(sim\/(disk\/(?!crash-model)|define-suite|run|scheduler|modules)|properties)\//.test(path),
        ),
      ).toEqual([]);
    }
  });

  it('tell what is loaded at once from what is loaded later', () => {
    const later = importsIn(
      new Map([
        ['cli/a.ts', `import './b.js'; const c = () => import('./c.js'); import type { D } from './d.js';`],
        ['cli/b.ts', ''],
        ['cli/c.ts', ''],
        ['cli/d.ts', ''],
      ]),
    );
    expect([...loadedWith(later, 'cli/a.ts')]).toEqual(['cli/a.ts', 'cli/b.ts']);
    expect([...reachable(later, 'cli/a.ts')]).toEqual(['cli/a.ts', 'cli/b.ts', 'cli/c.ts']);
  });

  it.each([
    ['src/feeder/feeder.ts', `import { world } from '../../sim/life/world.js';`, 'sim/life/world.ts'],
    ['src/feeder/feeder.ts', `import type { World } from '../../sim/life/world.js';`, 'sim/life/world.ts'],
    ['src/feeder/feeder.ts', `export * from '../../sim/life/world.js';`, 'sim/life/world.ts'],
    ['src/feeder/feeder.ts', `const world = await import('../../sim/life/world.js');`, 'sim/life/world.ts'],
    ['src/feeder/feeder.ts', `type World = import('../../sim/life/world.js').World;`, 'sim/life/world.ts'],
    [
      'sim/life/world.ts',
      `import type { Event } from '../../src/event-store/event.js';`,
      'src/event-store/event.ts',
    ],
    ['reports/html.ts', `import { explore } from '../sim/explore/explore.js';`, 'sim/explore/explore.ts'],
    ['properties/suites/a.ts', `import { main } from '../../cli/main.js';`, 'cli/main.ts'],
  ])('%s with %s is found', (path, text, to) => {
    expect(againstTheArrows(source(path, text))).toEqual([`${path} must not import ${to}`]);
  });

  it('let the simulator have the environment as types, and not as code', () => {
    expect(
      againstTheArrows(source('sim/life/world.ts', `import type { Clock } from '../../src/environment.js';`)),
    ).toEqual([]);
    expect(
      againstTheArrows(source('sim/life/world.ts', `import { sleep } from '../../src/environment.js';`)),
    ).toEqual(['sim/life/world.ts may import types only from src/environment.ts']);
  });

  it.each(['import', 'import type'])('find a circle of files through %s', (keyword) => {
    const sources = new Map([
      ['src/a.ts', `import { b } from './b.js';`],
      ['src/b.ts', `${keyword} { a } from './a.js';`],
    ]);
    expect(circles(importsIn(sources))).toEqual(['src/a.ts -> src/b.ts -> src/a.ts']);
  });

  it('find a circle of folders in which no two files import each other', () => {
    const sources = new Map([
      ['sim/disk/kernel/call.ts', `import { x } from '../image/x.js';`],
      ['sim/disk/image/x.ts', ''],
      ['sim/disk/image/y.ts', `import type { Inode } from '../kernel/inode.js';`],
      ['sim/disk/kernel/inode.ts', ''],
    ]);
    expect(circles(importsIn(sources))).toEqual(['sim/disk/kernel -> sim/disk/image -> sim/disk/kernel']);
  });

  it('let a test import from above its room', () => {
    const sources = new Map([
      ['sim/disk/kernel/call.test.ts', `import { live } from '../../life/live.js';`],
      ['sim/life/live.ts', `import { call } from '../disk/kernel/call.js';`],
      ['sim/disk/kernel/call.ts', ''],
    ]);
    expect(circles(importsIn(sources))).toEqual([]);
  });
});
