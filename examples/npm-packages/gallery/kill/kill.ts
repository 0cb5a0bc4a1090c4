/**
 * Reality: each loss that the gallery finds under `process-kill`, shown again with SIGKILL on a real directory. The simulator says at which opening
 * of a file the process dies. A process that uses the package on a real directory kills itself there, and another one opens the store.
 *
 *   npm run packages:kill                 # all of them
 *   npm run packages:kill -- jsonfile     # one package
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import {
  DEFAULT_OPTIONS,
  exploreSuite,
  type History,
  type Json,
  type SuiteResult,
  type TraceEntry,
  type Violation,
} from 'powercut';
import { decodeToken } from '../../../../sim/replay/token.js';
import { ENTRIES, type Entry } from '../verdicts.js';
import type { Broken, ChildTask } from './child.js';

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));
const BOUNDS = {
  ...DEFAULT_OPTIONS,
  workloads: 3,
  commands: 2,
  depth: 1,
  runs: 0,
  disk: 'process-kill',
} as const;

/** One loss, and what a real kill left of it. */
export interface Shown {
  readonly entry: Entry;
  readonly invariant: string;
  /** What the suite finds broken on the real disk; a sentence where that could not be tried. */
  readonly found: Broken | string;
  readonly isShown: boolean;
}

/** Openings that create a file or empty it. */
const isOpening = ({ label }: TraceEntry): boolean => /^(create|open and empty) \//.test(label);

const changes = ({ label, cells = [] }: TraceEntry): boolean =>
  cells.length > 0 && !label.startsWith('mkdir');

/** Which opening of the first life the process dies after; undefined: it dies after some other call. */
const killPlace = ({ runs = [] }: SuiteResult, { token }: Violation): number | undefined => {
  const trace = runs.find((run) => run.token === token)?.trace ?? [];
  const before = trace.filter(({ life }) => life === 1).filter(changes);
  const last = before.at(-1);
  return last !== undefined && isOpening(last) ? before.filter(isOpening).length : undefined;
};

const runChild = async (
  task: ChildTask,
  directory: string,
): Promise<{ readonly out: string; readonly signal: unknown }> => {
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), CHILD, JSON.stringify(task)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      // Some packages write to a directory of the working directory.
      cwd: dirname(directory),
      env: { ...process.env, POWERCUT_GALLERY_DIRECTORY: directory },
    },
  );
  const [out, [, signal]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return { out, signal };
};

/** What the client knows: the commands up to the one that the kill interrupted. */
const historyOf = (commands: readonly Json[], acknowledged: number): History<Json, Json, Json, Json> => ({
  commands: commands.slice(0, acknowledged + 1).map((command, index) => ({
    index,
    command,
    attempts: 1,
    outcome: index < acknowledged ? { status: 'acknowledged', result: null } : { status: 'unknown' },
  })),
  effects: [],
  effectCounts: [],
  observed: undefined,
  crashes: 1,
});

const killed = async (entry: Entry, result: SuiteResult, violation: Violation): Promise<Broken | string> => {
  const killAt = killPlace(result, violation);
  if (killAt === undefined) return 'the process dies after a call that no hook can time';
  const { workload } = decodeToken(violation.token).tape;
  const root = await mkdtemp(join(tmpdir(), 'powercut-gallery-'));
  const directory = join(root, 'data');
  try {
    const { name } = entry.suite;
    const { out, signal } = await runChild(
      { kind: 'use', suite: name, commands: workload, killAt },
      directory,
    );
    if (signal !== 'SIGKILL') return 'the process was not killed';
    const history = historyOf(
      workload,
      out.split('\n').filter((line) => line.startsWith('acknowledged')).length,
    );
    const looked = await runChild({ kind: 'look', suite: name, history }, directory);
    // The last line: some packages print, too.
    return JSON.parse(looked.out.trimEnd().split('\n').at(-1) ?? '') as Broken; // as child.ts prints it
  } finally {
    await rm(root, { recursive: true });
  }
};

/** Shows the losses of one way to use a package. */
export const showLosses = async (entry: Entry): Promise<readonly Shown[]> => {
  const result = await exploreSuite(entry.suite, BOUNDS);
  const shown: Shown[] = [];
  for (const violation of result.violations) {
    const { invariant } = violation;
    const found = await killed(entry, result, violation);
    shown.push({ entry, invariant, found, isShown: typeof found === 'object' && invariant in found });
  }
  return shown;
};

/** The entries that lose something to a kill. */
export const LOSING: readonly Entry[] = ENTRIES.filter(({ kill }) => kill.length > 0);

const told = ({ entry, invariant, found, isShown }: Shown): string => {
  const why = typeof found === 'string' ? found : (found[invariant] ?? `found: ${JSON.stringify(found)}`);
  return `${isShown ? '✓' : '✗'} ${entry.suite.name}, ${invariant}: ${why}`;
};

const main = async (words: readonly string[]): Promise<void> => {
  const shown: Shown[] = [];
  for (const entry of LOSING) {
    if (words.length > 0 && !words.includes(entry.id)) continue;
    for (const one of await showLosses(entry)) {
      process.stdout.write(`${told(one)}\n`);
      shown.push(one);
    }
  }
  const missed = shown.filter(({ isShown }) => !isShown).length;
  process.stdout.write(
    `\n${shown.length} losses of ${new Set(shown.map(({ entry }) => entry.suite.name)).size} suites: ${shown.length - missed} shown by SIGKILL on a real disk, ${missed} not\n`,
  );
  process.exitCode = missed > 0 || shown.length === 0 ? 1 : 0;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
