/** Errors of the simulator, and readers of whatever else is thrown. */
import { PowercutError } from '../../src/powercut-error.js';

/** The codes of the simulator's errors. */
export const SIMULATOR_ERROR_CODES = [
  'BOOT_RETURNED_NOTHING',
  'CHECK_RETURNED_NON_STRING',
  'COMMANDS_NOT_A_LIST',
  'COMMAND_NOT_JSON',
  'CRASH_IMPOSSIBLE',
  'EFFECT_NOT_JSON',
  'EXPORT_IMPOSSIBLE',
  'FAULT_IMPOSSIBLE',
  'FRESH_PROGRAM',
  'FRESH_REQUIRE',
  'FRESH_TOP_LEVEL_AWAIT',
  'FRESH_UNCOMPILABLE',
  'FRESH_UNLOADABLE',
  'FRESH_UNRESOLVABLE',
  'MODULE_NOT_FOUND',
  'OBSERVED_NOT_JSON',
  'PATH_OUTSIDE_DISK',
  'RESULT_NOT_JSON',
  'SECTOR_SIZE',
  'SQLITE_BUILD_MISSING',
  'SQLITE_LIFE_OVER',
  'SQLITE_UNSUPPORTED',
  'SUITE_BOOT_FAILED',
  'SUITE_INVALID',
  'SUITE_NONDETERMINISTIC',
  'SUITE_PART_FAILED',
  'SUITE_PREPARE_FAILED',
  'TIME_ZONE_FIXED',
  'TOKEN_MALFORMED',
  'TOKEN_SUITE_UNKNOWN',
  'TOKEN_VERSION',
  'UNCONTROLLED_EFFECT',
  'UNKNOWN_DISK_MODEL',
] as const;

export type SimulatorErrorCode = (typeof SIMULATOR_ERROR_CODES)[number];

declare module '../../src/powercut-error.js' {
  interface PowercutErrorCodes {
    /** Of the simulator. */
    readonly simulator: SimulatorErrorCode;
  }
}

export class SimulatorError extends PowercutError {
  override readonly name: string = 'SimulatorError';

  constructor(
    readonly code: SimulatorErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export const codedError = (code: SimulatorErrorCode, message: string, cause?: unknown): SimulatorError =>
  new SimulatorError(code, message, cause === undefined ? undefined : { cause });

/** Longer texts are cut off: a program may throw megabytes. */
const OBJECT_CHARACTERS = 300;
const MESSAGE_CHARACTERS = 2_000;

const shortened = (text: string, characters: number): string =>
  text.length > characters ? `${text.slice(0, characters)}…` : text;

/** A message of a program or a suite, as long as a person reads. */
export const messageShortened = (text: string): string => shortened(text, MESSAGE_CHARACTERS);

/** What `read` returns as text; `otherwise` where a getter, a proxy or a `toString` of the program's throws. */
const textOr = (otherwise: string, read: () => unknown): string => {
  try {
    const value = read();
    return value === undefined ? otherwise : String(value);
  } catch {
    return otherwise;
  }
};

const objectText = (thrown: object): string => {
  const kind = textOr('[object Object]', () => Object.prototype.toString.call(thrown));
  // It may hold itself, or have a getter that throws: what there is to say of it then is what kind of object it is.
  return textOr(kind, () => JSON.stringify(thrown));
};

/** An error of this realm or another, or what does for one: it has a message, and a name of its own or its class's. */
const isErrorLike = (thrown: object): boolean => {
  try {
    return thrown instanceof Error || typeof Reflect.get(thrown, 'message') === 'string';
  } catch {
    return false;
  }
};

/** The stable code of what was thrown, such as 'ENOENT'; undefined where it has none. Never throws. */
export const errorCode = (thrown: unknown): string | undefined => {
  if (typeof thrown !== 'object' || thrown === null || !isErrorLike(thrown)) return undefined;
  const code = textOr('', () => {
    const value: unknown = Reflect.get(thrown, 'code');
    return typeof value === 'string' ? value : '';
  });
  return code === '' ? undefined : code;
};

export interface ThrownParts {
  readonly name: string;
  /** '' where there is none. */
  readonly code: string;
  readonly message: string;
}

/** The parts of a thrown value that reports show. Never throws. */
export const thrownParts = (thrown: unknown): ThrownParts => {
  if (typeof thrown !== 'object' || thrown === null || !isErrorLike(thrown))
    return { name: 'Error', code: '', message: thrownText(thrown) };
  const read = (key: string): unknown => Reflect.get(thrown, key);
  return {
    name: shortened(
      textOr('Error', () => read('name')),
      OBJECT_CHARACTERS,
    ),
    code: errorCode(thrown) ?? '',
    message: messageShortened(textOr('', () => read('message'))),
  };
};

/** What was thrown, in words. Anything can be: what was compiled from other languages throws plain objects with numbers. */
export const thrownText = (thrown: unknown): string => {
  if (typeof thrown === 'object' && thrown !== null) {
    if (!isErrorLike(thrown)) return shortened(objectText(thrown), OBJECT_CHARACTERS);
    const { name, message } = thrownParts(thrown);
    return `${name}: ${message}`;
  }
  const text = thrown === undefined ? 'undefined' : textOr('a function', () => thrown);
  return shortened(text, OBJECT_CHARACTERS);
};
