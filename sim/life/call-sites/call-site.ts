/** Finds the lines of the program that called into the world. Slow: done for a run that is shown, not while exploring. */
import { fileURLToPath } from 'node:url';
import { frameIn, functionIn, type StackFrame, stackBelow } from '../../util/stack-frames.js';

const SIMULATOR = fileURLToPath(new URL('../../', import.meta.url));
/** SQLite on the simulated disk: what it calls, it calls for the program. */
const SQLITE = fileURLToPath(new URL('../../../sqlite/', import.meta.url));
const FRAMES_MAX = 23;
/** This package, as it is compiled and as it is written. */
const OWN_ROOTS: readonly string[] = [import.meta.url, import.meta.url.replace(/\/dist\/(?=sim\/)/, '/')].map(
  (url) => fileURLToPath(new URL('../../../', url)),
);
const isOwn = (file: string, room: string): boolean =>
  OWN_ROOTS.some((root) => file.startsWith(`${root}${room}/`));

/** Whether a file is part of a package that the program uses, by its path. */
export const isLibrary = (file: string): boolean => file.includes('/node_modules/') || isOwn(file, 'src');

/** Whether a file is the command line's, which calls a suite on behalf of the simulator. */
export const isHarness = (file: string): boolean => isOwn(file, 'cli');

/** Whether a file, by path or URL, is the program's. */
export const isOutside = (file: string): boolean => {
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  // Programs for tests live inside the simulator's folder, but are no part of it.
  const isOurs =
    (path.startsWith(SIMULATOR) || path.startsWith(SQLITE)) &&
    !path.startsWith(`${SIMULATOR}testing/`) &&
    !/\.test\.[jt]s$/.test(path);
  return !isOurs && !path.includes('/node_modules/@jsonjoy.com/');
};

/** Who made a call into the world. */
export interface Caller {
  /** 'path:line' of the innermost frame outside the simulator and its file system. */
  readonly site: string;
  /** The next ones outwards, each in another file: where `site` is a helper's, they tell for whom it did it. */
  readonly askedBy: readonly string[];
  /** The functions that the program was in, innermost first, as 'file#name': they stay when lines move. */
  readonly functions: readonly string[];
}

const ASKED_BY_MAX = 3;
const FUNCTIONS_MAX = 6;

/** A file without what differs between machines: its own name without extension, and of a package the package. */
const plainName = (path: string): string => {
  const [, inPackage] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
  const own = path.slice(path.lastIndexOf('/') + 1).replace(/\.[cm]?[jt]sx?$/, '');
  return inPackage === undefined ? own : `${inPackage}/${own}`;
};

/** A frame of a function that awaits the one above. */
const isAwaiting = (line: string): boolean => line.trim().startsWith('at async ');

/**
 * The innermost functions of the program: those on the stack down to where the simulator called it, and those that await them, up to where
 * the simulator awaits. A callback counts to the function around it.
 */
const functionsIn = (lines: readonly string[]): readonly string[] => {
  const found: string[] = [];
  let file: string | undefined;
  let isBelow = false;
  for (const text of lines) {
    const frame = frameIn(text);
    const path = programFrame(frame)?.path;
    if (frame === undefined || frame.file.startsWith('node:')) continue;
    if (path === undefined) {
      if (found.length > 0 && isAwaiting(text)) break;
      isBelow = found.length > 0;
      continue;
    }
    // Below the simulator is what runs it, but for what awaits.
    if (isBelow && !isAwaiting(text)) continue;
    const isCallback = file === path && found.at(-1)?.endsWith('#') === true;
    if (isCallback) found.pop();
    file = path;
    found.push(`${plainName(path)}#${functionIn(text)}`);
  }
  return found.filter((one, index) => one !== found[index - 1]).slice(0, FUNCTIONS_MAX);
};

/** 'path' and 'line' of a frame; undefined where the frame is none of the program's. */
export const programFrame = (
  frame: StackFrame | undefined,
): { readonly path: string; readonly line: number } | undefined => {
  if (frame === undefined) return undefined;
  const path = frame.file.startsWith('file:///') ? fileURLToPath(frame.file) : frame.file;
  return path.startsWith('/') && isOutside(path) ? { path, line: frame.line } : undefined;
};

/** Undefined when no frame of the stack is the program's. */
export const caller = (): Caller | undefined => {
  const sites: string[] = [];
  let last: string | undefined;
  const lines = stackBelow(caller, FRAMES_MAX).split('\n');
  for (const text of lines) {
    const frame = programFrame(frameIn(text));
    if (frame === undefined || frame.path === last) continue;
    sites.push(`${frame.path}:${frame.line}`);
    if (sites.length > ASKED_BY_MAX) break;
    last = frame.path;
  }
  const [site, ...askedBy] = sites;
  return site === undefined ? undefined : { site, askedBy, functions: functionsIn(lines) };
};

/** The parts of a 'path:line'; undefined where there is no site. */
export const placeOf = (
  site: string | undefined,
): { readonly file: string; readonly line: number } | undefined => {
  const colon = site?.lastIndexOf(':') ?? -1;
  if (site === undefined || colon === -1) return undefined;
  return { file: site.slice(0, colon), line: Number(site.slice(colon + 1)) };
};
