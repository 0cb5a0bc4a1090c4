/** Where in the program a call came from, read off the stack. */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const FRAMES_MAX = 100;
const LOCATION = /^ +at (?:.*\()?(.+?):(\d+):(\d+)\)?$/;

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

interface Frame {
  readonly file: string;
  readonly row: string;
  readonly column: string;
}

/** The frames below `callee`, the nearest first. */
const framesBelow = (callee: object): readonly Frame[] => {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = FRAMES_MAX;
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, callee as () => void); // any function on the stack; the type asks for one by name
  // Reading the stack formats it, which may be the embedder's own code: it runs under the program's limit again.
  const stack = String(holder.stack);
  Error.stackTraceLimit = stackTraceLimit;
  return stack.split('\n').flatMap((line) => {
    const [, file, row, column] = LOCATION.exec(line) ?? [];
    return file === undefined || row === undefined || column === undefined ? [] : [{ file, row, column }];
  });
};

/**
 * `file:line:column` of the nearest frame below `callee` that is not the runtime's own. Positions are those of the
 * source where a source map is in use. Costs some 10 µs: for reports, not for every call.
 */
export const callSite = (callee: object): string => {
  const frame = framesBelow(callee).find(({ file }) => !isInternal(file));
  return frame === undefined ? UNKNOWN_SITE : `${shorten(frame.file)}:${frame.row}:${frame.column}`;
};

/** The file of the nearest frame below `callee` for which `skipped` is false. */
export const callingFile = (callee: object, skipped: (file: string) => boolean): string | undefined =>
  framesBelow(callee).find(({ file }) => !skipped(file))?.file;
