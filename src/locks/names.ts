/**
 * Names of lock entries in a store's directory. A name is unique for good, so that an entry found dead stays dead and can
 * be removed by everyone. It begins with the time of its making: of two that wait for each other the older one goes on.
 *
 *     socket  := 'lock-' time '-' random '-' pid '.sock'        a socket that its holder listens on
 *     record  := 'lock-' time '-' random '-' process '.pid'     an empty file: all that is known of the holder is its name
 *     old     := 'lock-' process                                a record of version 0.1
 *     process := pid '-' start '-' boot ['-' pid namespace]     parts that are not known are empty
 */

export type LockKind = 'socket' | 'record';

export interface LockName {
  readonly kind: LockKind;
  /** The process that put it there: of a socket its id, of a record its name. */
  readonly owner: string;
}

const PREFIX = 'lock-';
const SUFFIX = { socket: '.sock', record: '.pid' } as const;
/** Until it is complete, an entry has this after its name, and is no lock. */
const UNFINISHED = '.new';
const TIME_DIGITS = 9;
const LOCK = /^lock-[0-9a-z]{9}-[0-9a-z]+-([1-9][0-9]*(?:-[0-9a-z]*)*)(\.sock|\.pid)$/;
const OLD = /^lock-([1-9][0-9]*-[0-9]*-[0-9a-z]*(?:-[0-9]*)?)$/;

/** The latest time that has no more digits. */
const MAX_TIME_MS = 36 ** TIME_DIGITS - 1;

/** A new name. `nowMs`: milliseconds since the Unix epoch. A clock may show any time: a name of another form would be no lock. */
export const newLockName = (kind: LockKind, owner: string, nowMs: number, random: number): string => {
  const time = Math.min(Math.max(0, Math.floor(nowMs)), MAX_TIME_MS)
    .toString(36)
    .padStart(TIME_DIGITS, '0');
  return `${PREFIX}${time}-${random.toString(36)}-${owner}${SUFFIX[kind]}`;
};

export const unfinishedName = (name: string): string => `${name}${UNFINISHED}`;

/** What a name says; undefined when it is no lock's. */
export const parseLockName = (name: string): LockName | undefined => {
  const [, owner, suffix] = LOCK.exec(name) ?? [];
  if (owner !== undefined) return { kind: suffix === SUFFIX.socket ? 'socket' : 'record', owner };
  const [, old] = OLD.exec(name) ?? [];
  return old === undefined ? undefined : { kind: 'record', owner: old };
};

/** The lock that an unfinished entry was to become; undefined when it is none. */
export const parseUnfinishedName = (name: string): string | undefined => {
  if (!name.endsWith(UNFINISHED)) return undefined;
  const finished = name.slice(0, -UNFINISHED.length);
  return parseLockName(finished) === undefined ? undefined : finished;
};

/** When an entry was made, in milliseconds since the Unix epoch; 0 for an old one. */
export const lockTimeMs = (name: string): number =>
  LOCK.test(name) ? Number.parseInt(name.slice(PREFIX.length, PREFIX.length + TIME_DIGITS), 36) : 0;
