/** The constants of `sqlite3`. */

const CODES = [
  'OK',
  'ERROR',
  'INTERNAL',
  'PERM',
  'ABORT',
  'BUSY',
  'LOCKED',
  'NOMEM',
  'READONLY',
  'INTERRUPT',
  'IOERR',
  'CORRUPT',
  'NOTFOUND',
  'FULL',
  'CANTOPEN',
  'PROTOCOL',
  'EMPTY',
  'SCHEMA',
  'TOOBIG',
  'CONSTRAINT',
  'MISMATCH',
  'MISUSE',
  'NOLFS',
  'AUTH',
  'FORMAT',
  'RANGE',
  'NOTADB',
];

const LIMITS = [
  'LENGTH',
  'SQL_LENGTH',
  'COLUMN',
  'EXPR_DEPTH',
  'COMPOUND_SELECT',
  'VDBE_OP',
  'FUNCTION_ARG',
  'ATTACHED',
  'LIKE_PATTERN_LENGTH',
  'VARIABLE_NUMBER',
  'TRIGGER_DEPTH',
  'WORKER_THREADS',
];

const numbered = (names: readonly string[], prefix = ''): Readonly<Record<string, number>> =>
  Object.fromEntries(names.map((name, number) => [`${prefix}${name}`, number]));

export const CONSTANTS: Readonly<Record<string, number>> = {
  OPEN_READONLY: 0x1,
  OPEN_READWRITE: 0x2,
  OPEN_CREATE: 0x4,
  OPEN_URI: 0x40,
  OPEN_FULLMUTEX: 0x10000,
  OPEN_SHAREDCACHE: 0x20000,
  OPEN_PRIVATECACHE: 0x40000,
  ...numbered(CODES),
  ...numbered(LIMITS, 'LIMIT_'),
};
