/**
 * The output of a program: printed in a replay, and dropped in the thousands of lives of an exploration, which would all
 * print the same.
 */
import nodeConsole from 'node:console';
import { asHost } from '../../process/active-life.js';
import { divert, type InLife } from '../patch.js';

// As the host: in a life the streams have other properties, and one that is a file writes to its own descriptor.
const printed: InLife = (life, args, original) => {
  const done = args.at(-1);
  const isTold = typeof done === 'function';
  if (life.prints === true) asHost(() => original(...(isTold ? args.slice(0, -1) : args)));
  // A stream tells its writer that there is room for more.
  if (isTold) queueMicrotask(() => Reflect.apply(done, undefined, []));
  return true;
};

const said: InLife = (life, args, original) => (life.prints === true ? original(...args) : undefined);

/** Of the others, `console.Console` makes objects, and `context` and the inspector's print nothing. */
const METHODS = [
  ...[
    'assert',
    'clear',
    'count',
    'countReset',
    'debug',
    'dir',
    'dirxml',
    'error',
    'group',
    'groupCollapsed',
    'groupEnd',
  ],
  ...['info', 'log', 'table', 'time', 'timeEnd', 'timeLog', 'trace', 'warn'],
];

export const patchPrinting = (): void => {
  // A test runner may have put one of its own in the place of Node's.
  for (const owner of new Set([console, nodeConsole])) for (const name of METHODS) divert(owner, name, said);
  for (const name of ['emitWarning', '_rawDebug']) divert(process, name, said);
  divert(process.stdout, 'write', printed);
  divert(process.stderr, 'write', printed);
};
