/** `powercut run --watch`: runs again whenever a file of the directory changes, until Ctrl-C. */
import { type FSWatcher, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Context, ExitCode } from '../context.js';
import { listenForInterrupt } from '../interrupt.js';
import { isProjectDirectory } from '../loading/suite-paths.js';
import { type RunOptions, runCommand } from './run.js';

/** Editors write a file in several steps. */
const QUIET_MS = 100;

/** The directories to watch: all but node_modules, hidden ones and those in `left`. */
const directoriesBelow = async (directory: string, left: ReadonlySet<string>): Promise<readonly string[]> => {
  const found = [directory];
  // One that went away meanwhile has nothing to watch.
  for (const entry of await readdir(directory, { withFileTypes: true }).catch(() => [])) {
    const path = join(directory, entry.name);
    if (isProjectDirectory(entry) && !left.has(path)) found.push(...(await directoriesBelow(path, left)));
  }
  return found;
};

/** What a run writes: it must not start the next one. */
const outputsOf = ({ report, json }: RunOptions, directory: string): ReadonlySet<string> =>
  new Set([resolve(directory, report), ...(json === undefined ? [] : [resolve(directory, json)])]);

/** An output itself, what is written beside it first, or a directory that is made for it. */
const isOwn = (path: string, outputs: ReadonlySet<string>): boolean =>
  [...outputs].some(
    (output) => path === output || path.startsWith(`${output}.`) || output.startsWith(`${path}/`),
  );

interface Watch {
  /** Resolves after a change, once it is quiet again, or when the signal fires. */
  readonly changed: Promise<void>;
  readonly close: () => void;
}

/** Watches until it is closed: what is open keeps the process alive. */
const startWatching = async (
  directory: string,
  outputs: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Watch> => {
  const directories = await directoriesBelow(directory, outputs);
  const watchers: FSWatcher[] = [];
  let timer: NodeJS.Timeout | undefined;
  const closed = new AbortController();
  const changed = new Promise<void>((tell) => {
    if (signal.aborted) tell();
    signal.addEventListener('abort', () => tell(), { signal: closed.signal });
    for (const path of directories) {
      const onChange = (_event: string, name: string | null): void => {
        if (name !== null && (name.startsWith('.') || isOwn(join(path, name), outputs))) return;
        clearTimeout(timer);
        timer = setTimeout(tell, QUIET_MS);
      };
      // A directory that goes away is as one that does not change.
      watchers.push(watch(path, onChange).on('error', () => undefined));
    }
  });
  return {
    changed,
    close: () => {
      closed.abort();
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
};

/** Resolves with the exit code of the last run. @throws UsageError as documented at runCommand */
export const watchCommand = async (
  names: readonly string[],
  options: RunOptions,
  context: Context,
): Promise<ExitCode> => {
  const { directory, stderr } = context;
  const interrupt = listenForInterrupt();
  try {
    for (;;) {
      // Before the run: what changes while it goes on counts for the next one.
      const watching = await startWatching(directory, outputsOf(options, directory), interrupt.signal);
      try {
        const exitCode = await runCommand(names, options, context);
        if (!interrupt.signal.aborted) stderr.write('Waiting for a change. Ctrl-C ends.\n');
        await watching.changed;
        if (interrupt.signal.aborted) return exitCode;
      } finally {
        watching.close();
      }
    }
  } finally {
    interrupt.release();
  }
};
