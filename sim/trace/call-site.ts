/** Finds the line of the program that called into the world. Slow: asked for when a run is told, not when it is explored. */
import { fileURLToPath } from 'node:url';

const SIMULATOR = fileURLToPath(new URL('../', import.meta.url));
const FRAME = /(?:\(|at |async )((?:file:\/\/)?\/[^():]+):(\d+):\d+\)?$/;
const FRAMES = 24;

const isOutside = (file: string): boolean => {
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  // Programs for tests live inside the simulator's folder, but are no part of it.
  const isOurs =
    path.startsWith(SIMULATOR) && !path.startsWith(`${SIMULATOR}testing/`) && !/\.test\.[jt]s$/.test(path);
  return !isOurs && !path.includes('/node_modules/@jsonjoy.com/');
};

/** 'path:line' of the innermost frame outside the simulator and its file system; undefined when there is none. */
export const callSite = (): string | undefined => {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = limit;
  for (const line of stack.split('\n').slice(1)) {
    const [, file, number] = FRAME.exec(line.trim()) ?? [];
    if (file !== undefined && isOutside(file)) {
      return `${file.startsWith('file:') ? fileURLToPath(file) : file}:${number}`;
    }
  }
  return undefined;
};

/** The parts of a 'path:line'; undefined where there is no site. */
export const placeOf = (
  site: string | undefined,
): { readonly file: string; readonly line: number } | undefined => {
  const colon = site?.lastIndexOf(':') ?? -1;
  if (site === undefined || colon === -1) return undefined;
  return { file: site.slice(0, colon), line: Number(site.slice(colon + 1)) };
};
