/** How `cp` is to copy, and the errors in which Node tells that it can't. */
import { SystemError } from '@jsonjoy.com/fs-core';
import { copyMode } from './copy-file.js';

export interface CopyOptions {
  readonly dereference: boolean;
  readonly errorOnExist: boolean;
  readonly filter: ((from: string, to: string) => unknown) | undefined;
  readonly force: boolean;
  readonly mode: number;
  readonly preserveTimestamps: boolean;
  readonly recursive: boolean;
  readonly verbatimSymlinks: boolean;
}

const SWITCHES = {
  dereference: false,
  errorOnExist: false,
  force: true,
  preserveTimestamps: false,
  recursive: false,
  verbatimSymlinks: false,
} as const;

const isSwitch = (name: string): name is keyof typeof SWITCHES => name in SWITCHES;

const typeError = (code: string, message: string): TypeError =>
  Object.assign(new TypeError(message), { code });

const notA = (type: string, name: string): TypeError =>
  typeError('ERR_INVALID_ARG_TYPE', `The "${name}" argument must be of type ${type}.`);

/** @throws TypeError or RangeError with Node's code, where Node would not take them */
export const copyOptions = (given: unknown): CopyOptions => {
  if (given !== undefined && (typeof given !== 'object' || given === null || Array.isArray(given)))
    throw notA('object', 'options');
  const named: Readonly<Record<string, unknown>> = { ...given };
  const switches: Record<keyof typeof SWITCHES, boolean> = { ...SWITCHES };
  for (const name of Object.keys(SWITCHES).filter(isSwitch)) {
    if (!(name in named)) continue;
    const value = named[name];
    if (typeof value !== 'boolean') throw notA('boolean', `options.${name}`);
    switches[name] = value;
  }
  const mode = copyMode(named.mode);
  if (switches.dereference && switches.verbatimSymlinks)
    throw typeError(
      'ERR_INCOMPATIBLE_OPTION_PAIR',
      'Option "dereference" cannot be used in combination with option "verbatimSymlinks"',
    );
  const { filter } = named;
  if (filter !== undefined && typeof filter !== 'function') throw notA('function', 'options.filter');
  return { ...switches, mode, filter: filter as CopyOptions['filter'] }; // its result is checked at the call
};

/** Each with the words that Node begins its message with, and the code and number of the system's error that it is like. */
const ERRORS = {
  ERR_FS_CP_DIR_TO_NON_DIR: ['Cannot overwrite non-directory with directory', 'EISDIR', 21],
  ERR_FS_CP_EEXIST: ['Target already exists', 'EEXIST', 17],
  ERR_FS_CP_EINVAL: ['Invalid src or dest', 'EINVAL', 22],
  ERR_FS_CP_NON_DIR_TO_DIR: ['Cannot overwrite directory with non-directory', 'ENOTDIR', 20],
  ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY: ['Cannot overwrite symlink in subdirectory of self', 'EINVAL', 22],
  ERR_FS_EISDIR: ['Path is a directory', 'EISDIR', 21],
} as const;

/** @param errno where Node gives another number than that of the code */
export const copyError = (
  key: keyof typeof ERRORS,
  message: string,
  path: string,
  errno?: number,
): SystemError => {
  const [prefix, code, usual] = ERRORS[key];
  return new SystemError(key, prefix, { code, message, path, syscall: 'cp', errno: errno ?? usual });
};

export const notABoolean = (): TypeError =>
  typeError('ERR_INVALID_RETURN_VALUE', 'Expected boolean to be returned from the "filter" function.');
