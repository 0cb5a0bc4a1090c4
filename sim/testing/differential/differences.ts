/**
 * The intended differences between the simulated disk and a real one, each with its reason. A listed case is not compared,
 * and ends its program, as the two disks may differ from there on. Everything else must agree.
 */
import type { Result } from './machine.js';
import type { Operation } from './operation.js';

/** The Node whose answers are the simulated disk's, whichever runs it. */
export const IS_NODE_20 = process.versions.node.startsWith('20.');

interface Difference {
  readonly reason: string;
  /** The disks may differ even if the answers are equal. */
  readonly unseen?: true;
  readonly applies: (operation: Operation, real: Result, simulated: Result) => boolean;
}

const isBarred = (result: Result): boolean =>
  'code' in result && (result.code === 'ENOENT' || result.code === 'ENOTDIR');

const isUnreachable = (result: Result): boolean =>
  isBarred(result) || ('code' in result && result.code === 'ELOOP');

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
  {
    reason:
      "In which order a directory gives its names is its file system's affair; here it is that of the alphabet. A recursive copy " +
      'that fails has copied what it came to before, and one that comes by symbolic links to what it makes copies its copies or ' +
      'does not. All others are compared, and those of directories of one name each.',
    unseen: true,
    applies: (_operation, real, simulated) => real.order === 'any' && simulated.order === 'any',
  },
  {
    reason:
      'With a callback and promised, Node asks at the same time what is at both ends of a copy. Where neither can be looked at, ' +
      'whichever answer comes first is told; here that is always of the source.',
    applies: (operation, real, simulated) =>
      operation.kind === 'call' &&
      operation.name === 'cp' &&
      operation.form !== 'sync' &&
      isUnreachable(real) &&
      isUnreachable(simulated),
  },
  {
    reason:
      'Since version 22 Node has a second implementation of cp, for the synchronous form only, which fails with other codes and ' +
      'messages. Here both forms are those of Node 20, to which the promised one has stayed true.',
    applies: (operation) =>
      !IS_NODE_20 && operation.kind === 'call' && operation.name === 'cp' && operation.form === 'sync',
  },
  {
    reason:
      'Since version 22 Node follows symbolic links when it lists recursively with types, in the synchronous form only. Here, as ' +
      'in Node 20, no form does.',
    applies: (operation) =>
      !IS_NODE_20 && operation.kind === 'call' && operation.name === 'readdir' && operation.form === 'sync',
  },
  {
    reason:
      'COPYFILE_FICLONE_FORCE succeeds where a file system lets two files share blocks (btrfs, xfs), as the simulated one does not.',
    applies: (operation, real, simulated) =>
      operation.kind === 'call' && 'value' in real && 'code' in simulated && simulated.code === 'ENOTSUP',
  },
];

/**
 * Why these answers, or what the two disks hold now, may differ; undefined: for no reason that is listed.
 * @param alike the answers do not differ
 */
export const differenceOnPurpose = (
  operation: Operation,
  real: Result,
  simulated: Result,
  alike: boolean,
): string | undefined =>
  DIFFERENCES.find(({ unseen = false, applies }) => (unseen || !alike) && applies(operation, real, simulated))
    ?.reason;
