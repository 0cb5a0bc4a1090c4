/** The history as a project has it: twenty commits of a small program, each explored by the compiled command. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FindingState, HistoryFinding } from '../../reports/history/history.js';
import { HISTORY_DIRECTORY } from '../defaults.js';
import { commandForTests } from '../testing/command.js';
import { readHistory } from './history-directory.js';
import { type Notes, notesProgram, notesSuite } from './testing/notes-program.js';

/** Of the three bugs, by the switch of the program: their states, where they are known. */
type States = Partial<Record<'bytes' | 'index' | 'name', FindingState>>;

interface Commit {
  readonly what: string;
  readonly program: Notes;
  readonly seed?: number;
  /** Fewer workloads and runs than before. */
  readonly isHasty?: true;
  readonly exitCode: number;
  readonly states: States;
}

const A = { forgetsBytes: true } as const;
const B = { forgetsIndex: true } as const;
const C = { forgetsName: true } as const;

const COMMITS: readonly Commit[] = [
  { what: 'a first version', program: {}, exitCode: 0, states: {} },
  { what: 'a comment', program: { lines: 1 }, exitCode: 0, states: {} },
  { what: 'bytes are forgotten', program: { lines: 1, ...A }, exitCode: 1, states: { bytes: 'new' } },
  { what: 'lines move', program: { lines: 7, ...A }, exitCode: 1, states: { bytes: 'ongoing' } },
  {
    what: 'the index is forgotten',
    program: { lines: 7, ...A, ...B },
    exitCode: 1,
    states: { bytes: 'ongoing', index: 'new' },
  },
  {
    what: 'a new function',
    program: { lines: 3, hasMore: true, ...A, ...B },
    exitCode: 1,
    states: { bytes: 'ongoing', index: 'ongoing' },
  },
  {
    what: 'bytes are synced',
    program: { lines: 3, hasMore: true, ...B },
    exitCode: 1,
    states: { bytes: 'resolved', index: 'ongoing' },
  },
  {
    what: 'lines move',
    program: { lines: 0, hasMore: true, ...B },
    exitCode: 1,
    states: { bytes: 'resolved', index: 'ongoing' },
  },
  {
    what: 'bytes are forgotten again',
    program: { lines: 2, hasMore: true, ...A, ...B },
    exitCode: 1,
    states: { bytes: 'regressed', index: 'ongoing' },
  },
  {
    what: 'another seed',
    program: { lines: 2, hasMore: true, ...A, ...B },
    seed: 77,
    exitCode: 1,
    states: { bytes: 'ongoing', index: 'ongoing' },
  },
  {
    what: 'the index is synced',
    program: { lines: 2, ...A },
    exitCode: 1,
    states: { bytes: 'ongoing', index: 'resolved' },
  },
  {
    what: 'bytes are synced, explored in haste',
    program: { lines: 2 },
    isHasty: true,
    exitCode: 0,
    states: { bytes: 'ongoing', index: 'resolved' },
  },
  {
    what: 'the same, explored as before',
    program: { lines: 2 },
    exitCode: 0,
    states: { bytes: 'resolved', index: 'resolved' },
  },
  {
    what: 'the name is forgotten',
    program: { lines: 2, ...C },
    exitCode: 1,
    states: { bytes: 'resolved', index: 'resolved', name: 'new' },
  },
  {
    what: 'bytes are forgotten, too',
    program: { lines: 5, ...A, ...C },
    exitCode: 1,
    states: { bytes: 'regressed', index: 'resolved', name: 'ongoing' },
  },
  {
    // The same invariant is still broken: the other finding may hide behind it.
    what: 'the name is synced',
    program: { lines: 5, ...A },
    exitCode: 1,
    states: { bytes: 'ongoing', index: 'resolved', name: 'ongoing' },
  },
  {
    what: 'bytes are synced',
    program: { lines: 5 },
    exitCode: 0,
    states: { bytes: 'resolved', index: 'resolved', name: 'resolved' },
  },
  {
    what: 'it does not start, and the index is forgotten',
    program: { lines: 5, doesNotStart: true, ...B },
    exitCode: 3,
    states: { bytes: 'resolved', index: 'resolved', name: 'resolved' },
  },
  {
    what: 'it starts again',
    program: { lines: 5, ...B },
    seed: 5,
    exitCode: 1,
    states: { bytes: 'resolved', index: 'regressed', name: 'resolved' },
  },
  {
    what: 'it does not start',
    program: { lines: 5, doesNotStart: true },
    exitCode: 3,
    states: { bytes: 'resolved', index: 'ongoing', name: 'resolved' },
  },
];

const USUAL = ['--workloads', '2', '--runs', '10'];
const SMALL = ['--max-crashes', '1', '--max-commands', '4', '--workers', '1'];
const HASTY = ['--workloads', '1', '--runs', '0'];
/** On a machine that is busy with other work. */
const TWENTY_CAMPAIGNS_MS_MAX = 1_200_000;

const command = commandForTests();

/** Which bug a finding is, by what its program forgets at the commit that it was first seen at. */
const bugsOf = (findings: readonly HistoryFinding[], shas: readonly string[]): States => {
  const nameAt = new Map([
    [shas[2], 'bytes'],
    [shas[4], 'index'],
    [shas[13], 'name'],
  ] as const);
  const states: States = {};
  for (const { first, state } of findings) {
    const name = nameAt.get(first.commit);
    if (name === undefined || states[name] !== undefined)
      throw new Error(`A finding too many, first seen at ${first.commit}.`);
    states[name] = state;
  }
  return states;
};

describe('powercut run --history: twenty commits', () => {
  const shas = COMMITS.map((_, index) => `${index}`.padStart(2, '0').repeat(20));

  /** As git leaves it: a branch that HEAD names. */
  const checkOut = async (sha: string): Promise<void> => {
    const git = join(command.directory, '.git');
    await mkdir(join(git, 'refs', 'heads'), { recursive: true });
    await writeFile(join(git, 'HEAD'), 'ref: refs/heads/main\n');
    await writeFile(join(git, 'refs', 'heads', 'main'), `${sha}\n`);
  };

  it('knows the state of each bug at each commit', { timeout: TWENTY_CAMPAIGNS_MS_MAX }, async () => {
    await writeFile(join(command.directory, 'notes.suite.mjs'), notesSuite(command.library));
    for (const [index, { what, program, seed = 1, isHasty, exitCode, states }] of COMMITS.entries()) {
      const told = `commit ${index + 1}, ${what}`;
      await writeFile(join(command.directory, 'notes.mjs'), notesProgram(program));
      await checkOut(shas[index] ?? '');
      const effort = isHasty === true ? HASTY : USUAL;
      const words = ['--seed', String(seed), '--history', ...SMALL];
      const { code, err } = await command.run(['run', 'notes.suite.mjs', ...effort, ...words]);
      const { history, warning } = await readHistory(command.directory, HISTORY_DIRECTORY);
      expect({ told, warning, campaigns: history.campaigns.length, code }).toEqual({
        told,
        warning: undefined,
        campaigns: index + 1,
        code: exitCode,
      });
      expect({ told, ...bugsOf(history.findings, shas) }).toEqual({ told, ...states });
      expect(history.campaigns.at(-1)?.commit).toBe(shas[index]);
      for (const state of Object.values(states).filter((one) => one === 'new' || one === 'regressed'))
        expect(err).toContain(state);
    }
    const listed = await command.run(['history', '--json', '--report', 'trend']);
    expect(JSON.parse(listed.out)).toMatchObject({ findings: [{}, {}, {}], campaigns: { length: 20 } });
    expect(await command.textOf('trend/history.html')).toContain('notes: the index is whole');
  });
});
