/** A program with many crash states: names that no fsync of their directory covers, and a recovery that writes. For tests and measurements. */
import * as fc from 'fast-check';
import { defineSuite } from '../define-suite/define-suite.js';
import type { Suite } from '../suite/suite.js';

/** One crash leaves each subset of the names of this many files. @param lives the most that are explored */
export const manyStates = (files: number, lives = 1_000_000): Suite =>
  defineSuite({
    name: 'many states',
    disk: 'posix',
    limits: { imagesPerCrashPoint: 1_000_000, livesPerWorkload: lives, commandsAfterCrash: 0 },
    boot: async (env) => {
      const mark = await env.fs.readFile('/mark').catch(() => undefined);
      if (mark === undefined) await env.fs.writeFile('/mark', 'm');
      return env.fs;
    },
    commands: fc.constant(['fill']),
    perform: async (fs) => {
      for (let file = 0; file < files; file++) {
        const handle = await fs.open(`/f${file}`, 'w');
        await handle.write('x');
        await handle.sync();
        await handle.close();
      }
    },
    invariants: [
      {
        name: 'not all',
        statement: 'The first file is not the only one that is lost.',
        check: async (_, fs) => {
          const names = await fs.readdir('/');
          return names.length === files && !names.includes('f0') ? 'all but the first' : undefined;
        },
      },
    ],
  }) as unknown as Suite; // a suite of any system
