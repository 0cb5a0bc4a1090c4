/** Where in the program a call came from, read off the stack. */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { framesIn, type StackFrame, stackBelow } from '../util/stack-frames.js';

const FRAMES_MAX = 100;

/** The host's: inside a life the working directory is the root of the simulated disk. */
const workingDirectory = process.cwd();

/** Said when the program is not on the stack: Node called, on its behalf. */
export const UNKNOWN_SITE = 'an unknown place (the program is not on the stack)';

const isInternal = (file: string): boolean =>
  file.startsWith('node:') || file.startsWith('ext:') || file === 'native' || file === '<anonymous>';

/** The path from the working directory when it lies in it: the same on every machine. */
const shorten = (location: string): string => {
  const file = location.startsWith('file:') ? fileURLToPath(location) : location;
  const path = relative(workingDirectory, file);
  return path.startsWith('..') ? file : path;
};

/** The frames below `callee`, the nearest first. */
const framesBelow = (callee: object): readonly StackFrame[] => framesIn(stackBelow(callee, FRAMES_MAX));

/**
 * `file:line:column` of the nearest frame below `callee` that is not the runtime's own. Positions are those of the
 * source where a source map is in use. Costs some 10 µs: for reports, not for every call.
 */
export const callSite = (callee: object): string => {
  const frame = framesBelow(callee).find(({ file }) => !isInternal(file));
  return frame === undefined ? UNKNOWN_SITE : `${shorten(frame.file)}:${frame.line}:${frame.column}`;
};

/** The file of the nearest frame below `callee` for which `skipped` is false. */
export const callingFile = (callee: object, skipped: (file: string) => boolean): string | undefined =>
  framesBelow(callee).find(({ file }) => !skipped(file))?.file;
