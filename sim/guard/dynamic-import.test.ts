import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exploreProgram } from '../testing/programs.js';
import { KIND } from './fixtures/loaded-first.js';
import { onSimulatedDisk } from './on-simulated-disk.js';
import { serveImportsOfTests } from './program/vitest-imports.js';

serveImportsOfTests();

type Later = typeof import('./fixtures/loaded-later.js');

/** Writes by a module that each command imports. Acknowledged writes must be there after a power cut. */
const explored = (write: (later: Later) => void) =>
  exploreProgram(
    {
      disk: 'posix',
      boot: onSimulatedDisk((env) => env),
      perform: async () => write(await import('./fixtures/loaded-later.js')),
      invariants: [
        {
          name: 'kept',
          statement: 'What was acknowledged is on the disk.',
          check: ({ commands }) =>
            commands.some(({ outcome }) => outcome.status === 'acknowledged') && !fs.existsSync('/kept')
              ? 'it is not'
              : undefined,
        },
      ],
    },
    { runs: 2 },
  );

/** The result of `look` in a program that does nothing else. */
const seenBy = async (look: () => unknown): Promise<unknown> => {
  let seen: unknown;
  const { verdict, undecided } = await exploreProgram(
    {
      disk: 'process-kill',
      boot: onSimulatedDisk((env) => env),
      perform: async () => {
        seen = await look();
      },
    },
    { runs: 1 },
  );
  expect([verdict, undecided]).toEqual(['holds', undefined]);
  return seen;
};

describe('import() in a life', () => {
  it('gives the module that the process has, with what it imports', async () => {
    expect(await seenBy(async () => (await import('./fixtures/loaded-later.js')).kind === KIND)).toBe(true);
  });

  it('gives a builtin module as the life has it', async () => {
    const look = async (): Promise<unknown> => {
      const [{ default: imported, writeFileSync }, { hostname }] = await Promise.all([
        import('node:fs'),
        import('node:os'),
      ]);
      writeFileSync('/here-only', 'x');
      return [
        imported === fs,
        fs.existsSync('/here-only'),
        hostname() === (await import('node:os')).hostname(),
      ];
    };
    expect(await seenBy(look)).toEqual([true, true, true]);
    expect(fs.existsSync('/here-only')).toBe(false);
  });

  it('rejects where there is no such module', async () => {
    const name = './fixtures/not-there.js';
    expect(await seenBy(() => import(name).catch((error: unknown) => error instanceof Error))).toBe(true);
  });

  it('leaves the verdict to what the module does', async () => {
    expect((await explored((later) => later.writeDurably('/kept'))).verdict).toBe('holds');
    expect((await explored((later) => later.writeOnly('/kept'))).verdict).toBe('violated');
  });
});
