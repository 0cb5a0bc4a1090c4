/** `powercut run --watch`: runs again whenever a file of the directory changes, until Ctrl-C. */
import { type FSWatcher, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { harmlessLine } from '../../reports/format.js';
import { errorCode } from '../../sim/util/errors.js';
import type { Context, ExitCode } from '../context.js';
import { listenForInterrupt } from '../interrupt.js';
import { suiteFilesNamed } from '../loading/find-suites.js';
import { reachingAny } from '../loading/reached-files.js';
import { isProjectDirectory } from '../loading/suite-paths.js';
import { tellError } from '../output/tell-error.js';
import { EXIT_USAGE, messageOf, UsageError } from '../usage-error.js';
import { type RunOptions, requireWork, runCommand } from './run.js';

/** Editors write a file in several steps. */
const QUIET_MS = 100;

type OnChange = (directory: string, name: string | null) => void;

/** Watches one directory; undefined: it is no longer there. @throws UsageError WATCH_FAILED */
const watchDirectory = (directory: string, onChange: OnChange): FSWatcher | undefined => {
  try {
    // A directory that goes away later is as one that does not change.
    return watch(directory, (_event, name) => onChange(directory, name)).on('error', () => undefined);
  } catch (thrown) {
    const code = errorCode(thrown);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const advice =
      code === 'ENOSPC' || code === 'EMFILE' ? ' Raise the limit of watched files (fs.inotify).' : '';
    throw new UsageError('WATCH_FAILED', `Cannot watch '${directory}': ${messageOf(thrown)}.${advice}`);
  }
};

/**
 * Watches a directory and those below it: all but node_modules, hidden ones and those in `left`. Each is watched before it
 * is listed, so that a directory made meanwhile counts as a change. @throws UsageError WATCH_FAILED
 */
const watchBelow = async (
  directory: string,
  left: ReadonlySet<string>,
  onChange: OnChange,
  watchers: FSWatcher[],
): Promise<void> => {
  const watcher = watchDirectory(directory, onChange);
  if (watcher === undefined) return;
  watchers.push(watcher);
  for (const entry of await readdir(directory, { withFileTypes: true }).catch(() => [])) {
    const path = join(directory, entry.name);
    if (isProjectDirectory(entry) && !left.has(path)) await watchBelow(path, left, onChange, watchers);
  }
};

/** What a run writes: it must not start the next one. */
const outputsOf = ({ report, json, history }: RunOptions, directory: string): ReadonlySet<string> =>
  new Set(
    [report, json, history].flatMap((path) => (typeof path === 'string' ? [resolve(directory, path)] : [])),
  );

/** An output itself, what is written beside it first, or a directory that is made for it. */
const isOwn = (path: string, outputs: ReadonlySet<string>): boolean =>
  [...outputs].some(
    (output) => path === output || path.startsWith(`${output}.`) || output.startsWith(`${path}/`),
  );

interface Watch {
  /** Resolves after a change, once it is quiet again, or when the signal fires. */
  readonly changed: Promise<void>;
  /** What has changed so far, by its path. */
  readonly paths: ReadonlySet<string>;
  readonly close: () => void;
}

/** Watches until it is closed: what is open keeps the process alive. @throws UsageError WATCH_FAILED */
const startWatching = async (
  directory: string,
  outputs: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Watch> => {
  const watchers: FSWatcher[] = [];
  const paths = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let tell = (): void => undefined;
  const changed = new Promise<void>((resolve) => {
    tell = resolve;
  });
  if (signal.aborted) tell();
  signal.addEventListener('abort', tell);
  const close = (): void => {
    signal.removeEventListener('abort', tell);
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
  const onChange: OnChange = (path, name) => {
    if (name !== null && (name.startsWith('.') || isOwn(join(path, name), outputs))) return;
    paths.add(name === null ? path : join(path, name));
    clearTimeout(timer);
    timer = setTimeout(tell, QUIET_MS);
  };
  try {
    await watchBelow(directory, outputs, onChange, watchers);
  } catch (thrown) {
    close();
    throw thrown;
  }
  return { changed, paths, close };
};

/** What to run after a change: the suite files that reach it, or all that the command line names. */
const affected = async (
  names: readonly string[],
  changed: ReadonlySet<string>,
  { directory, stderr }: Context,
): Promise<readonly string[]> => {
  // Where a name is wrong, the run says so.
  const files = await suiteFilesNamed(names, directory).catch(() => undefined);
  if (files === undefined || files.length === 0) return names;
  const reaching = await reachingAny(files, changed, directory);
  if (reaching.length === files.length) return names;
  const named = reaching.map((file) => relative(directory, file));
  stderr.write(`Changed: ${listed(changed, directory)}. It reaches ${harmlessLine(named.join(', '))}.\n`);
  return named;
};

const LISTED_MAX = 3;

const listed = (paths: ReadonlySet<string>, directory: string): string => {
  const names = [...paths].map((path) => relative(directory, path));
  const more = names.length > LISTED_MAX ? ` and ${names.length - LISTED_MAX} more` : '';
  return harmlessLine(names.slice(0, LISTED_MAX).join(', ') + more);
};

/**
 * Runs all suites, and after a change those that reach it. Resolves with the exit code of the last run. A run that can't start, as a suite file has a syntax error, is printed as an
 * error, and runs again after the next change.
 *
 * @throws UsageError NOTHING_TO_DO, which no change mends, and WATCH_FAILED
 */
export const watchCommand = async (
  names: readonly string[],
  options: RunOptions,
  context: Context,
): Promise<ExitCode> => {
  requireWork(options);
  const { directory, stderr } = context;
  const interrupt = listenForInterrupt();
  const start = () => startWatching(directory, outputsOf(options, directory), interrupt.signal);
  const watches: Watch[] = [];
  let next = names;
  try {
    // Before the run: what changes while it goes on counts for the next one.
    watches.push(await start());
    for (;;) {
      const exitCode = await runCommand(next, options, context).catch((thrown: unknown) => {
        tellError(thrown, context);
        return EXIT_USAGE;
      });
      if (!interrupt.signal.aborted) stderr.write('Waiting for a change. Ctrl-C ends.\n');
      await watches[0]?.changed;
      if (interrupt.signal.aborted) return exitCode;
      // Before the last watch ends, so that no change falls between the two.
      watches.push(await start());
      next = await affected(names, new Set(watches[0]?.paths), context);
      watches.shift()?.close();
    }
  } finally {
    for (const { close } of watches) close();
    interrupt.release();
  }
};
