/** The compiled command as a user meets it: in a process of its own, called in a directory that is new for each test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach } from 'vitest';
import { readResult } from '../../reports/result/read-result.js';
import type { CampaignResult } from '../../sim/result/result.js';
import { COMPILATION_MS_MAX, type Compiled, compileCommand } from './compiled.js';

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface CallOptions {
  readonly variables?: Readonly<Record<string, string>>;
  /** Runs as a user to whom a read-only directory is read-only, even where the tests run as root. */
  readonly unprivileged?: boolean;
  /** File descriptors for standard output and standard error. Default: pipes. */
  readonly outputs?: readonly [number | 'pipe', number | 'pipe'];
  /** The file that node runs, from `cli` on. Default: that of `powercut`. */
  readonly entry?: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface CommandForTests {
  /** Where the command is called. It is gone after the test. */
  readonly directory: string;
  /** The URL of the module that suites import as 'powercut'. */
  readonly library: string;
  /** The file that node runs. */
  readonly main: string;
  readonly start: (words: readonly string[], options?: CallOptions) => Started;
  readonly run: (words: readonly string[], options?: CallOptions) => Promise<Ended>;
  /** Reads a file of the directory. */
  readonly textOf: (path: string) => Promise<string>;
  readonly resultOf: (path: string) => Promise<CampaignResult>;
}

const NOBODY = 65_534;

const environment = (variables: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => {
  const { NO_COLOR: _no, FORCE_COLOR: _force, CI: _ci, ...rest } = process.env;
  return { ...rest, ...variables };
};

const ending = (child: ChildProcess): Promise<Ended> =>
  new Promise((resolve, reject) => {
    let [out, err] = ['', ''];
    child.stdout?.on('data', (text) => {
      out += text;
    });
    child.stderr?.on('data', (text) => {
      err += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });

/** Compiles the command before the tests of a file. */
export const commandForTests = (): CommandForTests => {
  let compiled: Compiled;
  let directory: string;

  beforeAll(async () => {
    compiled = await compileCommand();
  }, COMPILATION_MS_MAX);
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'powercut-'));
  });
  afterEach(async () => {
    await chmod(directory, 0o755);
    await rm(directory, { recursive: true });
  });

  const start: CommandForTests['start'] = (
    words,
    { variables, unprivileged, outputs, entry = 'main.js' } = {},
  ) => {
    const user = unprivileged === true && process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    const child = spawn(process.execPath, [join(dirname(compiled.main), entry), ...words], {
      cwd: directory,
      env: environment(variables),
      stdio: ['pipe', ...(outputs ?? (['pipe', 'pipe'] as const))],
      ...user,
    });
    return { child, ended: ending(child) };
  };
  const textOf = (path: string): Promise<string> => readFile(join(directory, path), 'utf8');

  return {
    get directory() {
      return directory;
    },
    get library() {
      return compiled.library;
    },
    get main() {
      return compiled.main;
    },
    start,
    run: (words, options) => start(words, options).ended,
    textOf,
    resultOf: async (path) => readResult(await textOf(path), path),
  };
};
