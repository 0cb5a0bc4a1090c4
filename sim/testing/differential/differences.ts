/**
 * Where the simulated disk differs from a real one on purpose, each with its reason. What is listed here is not compared,
 * and ends the program that ran into it, as the two disks may differ from there on. Everything else must agree.
 */
import type { Result } from './machine.js';
import type { Operation } from './operation.js';

interface Difference {
  readonly reason: string;
  readonly applies: (operation: Operation, real: Result, simulated: Result) => boolean;
}

const isBarred = (result: Result): boolean =>
  'code' in result && (result.code === 'ENOENT' || result.code === 'ENOTDIR');

const DIFFERENCES: readonly Difference[] = [
  {
    reason:
      'By descriptor and with a callback, Node 20 forgets that reading a file failed and gives what it has read: ' +
      'a mistake that a program under test should not be spared.',
    applies: (operation, real, simulated) =>
      operation.kind === 'on-open' &&
      operation.form === 'callback' &&
      operation.name === 'readFile' &&
      'value' in real &&
      'code' in simulated,
  },
  {
    reason:
      'With a callback, Node asks the system to write even nothing at all, and a descriptor that is not open for ' +
      'writing then fails; the other two forms do not ask. Here none does.',
    applies: (operation, real, simulated) =>
      (operation.kind === 'call' || operation.kind === 'on-open') &&
      operation.form === 'callback' &&
      (operation.name === 'writeFile' || operation.name === 'appendFile') &&
      operation.args.includes('') &&
      'code' in real &&
      real.code === 'EBADF' &&
      'value' in simulated,
  },
  {
    reason:
      'A recursive mkdir through a symbolic link that leads nowhere fails; with which of two codes depends in Node ' +
      'on whether it is called synchronously.',
    applies: (operation, real, simulated) =>
      operation.kind === 'call' && operation.name === 'mkdir' && isBarred(real) && isBarred(simulated),
  },
  {
    reason:
      'A new file can be opened neither through a loop of symbolic links nor through one whose target ends in a slash. ' +
      'Where both are the case Linux tells of the slash; here the loop is found first.',
    applies: (_operation, real, simulated) =>
      'code' in real && real.code === 'EISDIR' && 'code' in simulated && simulated.code === 'ELOOP',
  },
  {
    reason:
      'A recursive rm of a symbolic link with a slash after it takes the directory away or is refused, depending in ' +
      'Node on whether it is called synchronously. Here the directory goes.',
    applies: (operation, real, simulated) =>
      operation.kind === 'call' &&
      operation.name === 'rm' &&
      String(operation.args[0]).endsWith('/') &&
      'code' in real &&
      real.code === 'ENOTDIR' &&
      'value' in simulated,
  },
];

/** Why these answers differ; undefined: for no reason that is listed. */
export const differenceOnPurpose = (
  operation: Operation,
  real: Result,
  simulated: Result,
): string | undefined => DIFFERENCES.find(({ applies }) => applies(operation, real, simulated))?.reason;
