/** Finds the lines of the program that called into the world. Slow: asked for when a run is told, not when it is explored. */
import { fileURLToPath } from 'node:url';

const SIMULATOR = fileURLToPath(new URL('../../', import.meta.url));
const FRAME = /(?:\(|at |async )((?:file:\/\/)?\/[^():]+):(\d+):\d+\)?$/;
const FRAMES = 24;

/** Whether a file, by path or URL, is the program's. */
export const isOutside = (file: string): boolean => {
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  // Programs for tests live inside the simulator's folder, but are no part of it.
  const isOurs =
    path.startsWith(SIMULATOR) && !path.startsWith(`${SIMULATOR}testing/`) && !/\.test\.[jt]s$/.test(path);
  return !isOurs && !path.includes('/node_modules/@jsonjoy.com/');
};

/** Who made a call into the world. */
export interface Caller {
  /** 'path:line' of the innermost frame outside the simulator and its file system. */
  readonly site: string;
  /** The next ones outwards, each in another file: where `site` is a helper's, they tell for whom it did it. */
  readonly askedBy: readonly string[];
}

const ASKED_BY_MAX = 3;

/** The program's file and line in a line of a stack; undefined where the line is no frame of the program's. */
export const frameOf = (line: string): { readonly file: string; readonly line: string } | undefined => {
  const [, file, number] = FRAME.exec(line.trim()) ?? [];
  if (file === undefined || number === undefined || !isOutside(file)) return undefined;
  return { file: file.startsWith('file:') ? fileURLToPath(file) : file, line: number };
};

/** Undefined when no frame of the stack is the program's. */
export const caller = (): Caller | undefined => {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = limit;
  const sites: string[] = [];
  let last: string | undefined;
  for (const line of stack.split('\n').slice(1)) {
    const [, file, number] = FRAME.exec(line.trim()) ?? [];
    if (file === undefined || file === last || !isOutside(file)) continue;
    sites.push(`${file.startsWith('file:') ? fileURLToPath(file) : file}:${number}`);
    if (sites.length > ASKED_BY_MAX) break;
    last = file;
  }
  const [site, ...askedBy] = sites;
  return site === undefined ? undefined : { site, askedBy };
};

/** The parts of a 'path:line'; undefined where there is no site. */
export const placeOf = (
  site: string | undefined,
): { readonly file: string; readonly line: number } | undefined => {
  const colon = site?.lastIndexOf(':') ?? -1;
  if (site === undefined || colon === -1) return undefined;
  return { file: site.slice(0, colon), line: Number(site.slice(colon + 1)) };
};
