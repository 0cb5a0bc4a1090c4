/**
 * The lock: at most one store on a directory. Every kind of lock entry (sockets, records of processes) follows the same
 * protocol: a store announces itself by an entry of its own, and then looks for others. If it finds one before that, it
 * does not announce itself.
 *
 * - Of two that come at the same time at least one sees the other. The younger one gives way; the older one waits until
 *   it has. A store that comes after a look began finds the store that looks, so no store waits for those.
 * - An entry belongs to one process forever, and a dead process stays dead. So any store can remove the entry of a dead
 *   process, and never removes a fresh one by mistake.
 * - Doubt means alive.
 *
 * Nothing of this needs to survive a power cut.
 */
import { type Environment, type Locks, type OpenFile, type Presence, sleep } from '../../environment.js';
import { lockTimeMs, parseLockName, parseUnfinishedName } from '../../locks/names.js';
import { recordLocks } from '../../locks/records.js';
import { errorCode } from '../../thrown.js';
import { StoreLockedError } from '../errors.js';

/** The lock of a directory, while it is held. */
export interface DirectoryLock {
  /** Throws when the lock is gone, or `file` is not at its path any more. */
  check(file?: OpenFile): void;
  /** Calls `tell` when the lock is gone, within a second. */
  onLost(tell: (error: unknown) => void): void;
  release(): Promise<void>;
}

type Announced = NonNullable<Awaited<ReturnType<Locks['announce']>>>;

/** How long an older one waits for younger ones to give way. */
const WAIT_MS = 500;
const LOOK_AGAIN_MS = 10;
/** An entry that is not complete after so long was left by a crash. */
const UNFINISHED_MS = 60_000;

const NO_LOCK: DirectoryLock = { check: () => {}, onLost: () => {}, release: async () => {} };

/**
 * Locks the directory, which is created when it is not there. O(lock entries), one system call for each.
 * @throws StoreLockedError another store has it, or may have it
 */
export const lockDirectory = async (env: Environment, directory: string): Promise<DirectoryLock> => {
  const locks = env.locks ?? recordsOf(env);
  if (locks === undefined) return NO_LOCK;
  await env.fs.mkdir(directory, { recursive: true });
  const held = await lockWith(env, locks, directory);
  if (held !== undefined) return held;
  // The files are not on this machine's disk but on one of the program's own.
  const records = recordsOf(env);
  return (records && (await lockWith(env, records, directory))) ?? NO_LOCK;
};

const recordsOf = ({ fs, processes, clock, random }: Environment): Locks | undefined =>
  processes &&
  recordLocks({
    fs,
    self: processes.self,
    presenceOf: (name) => ({ state: processes.isAlive(name) ? 'alive' : 'dead' }),
    now: () => clock.now(),
    random: () => random.uint32(),
  });

/** Undefined: what is announced there does not show in the environment's own file system. */
const lockWith = async (
  env: Environment,
  locks: Locks,
  directory: string,
): Promise<DirectoryLock | undefined> => {
  await refuseIfHeld(env, locks, directory);
  const own = await announceIn(locks, directory);
  if (own === 'elsewhere') return undefined;
  if (own === undefined) throw new StoreLockedError(directory, 'another process has it open');
  try {
    if (!(await isAlone(env, locks, directory, own))) {
      await own.withdraw();
      return undefined;
    }
  } catch (error) {
    await own.withdraw().catch(() => {}); // The first error is the one to tell.
    throw error;
  }
  return {
    check: (file) => own.check(file),
    onLost: (tell) => own.onLost(tell),
    release: () => own.withdraw(),
  };
};

/**
 * Looks for a holder before anything is announced. It proves nothing, but where many wait for one store it makes an attempt
 * cheap, and none of them stands in the way of the one whose turn it is. @throws StoreLockedError
 */
const refuseIfHeld = async (env: Environment, locks: Locks, directory: string): Promise<void> => {
  const names = await env.fs.readdir(directory);
  for (const name of names) {
    if (parseLockName(name) === undefined) continue;
    const presence = await presenceIn(locks, directory, name);
    if (presence.state !== 'dead') throw lockedBy(directory, { name, presence });
  }
};

/** Of a directory that is not there for the system nothing is known: there is no other to be in the way. */
const presenceIn = async (locks: Locks, directory: string, name: string): Promise<Presence> => {
  try {
    return await locks.presenceOf(directory, name);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return { state: 'dead' };
  }
};

/** 'elsewhere': the directory that was just made is not there for the system. */
const announceIn = async (locks: Locks, directory: string): Promise<Announced | 'elsewhere' | undefined> => {
  try {
    return await locks.announce(directory);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return 'elsewhere';
  }
};

/** Another entry, and what is known of its holder. */
interface Other {
  readonly name: string;
  readonly presence: Presence;
}

/** Resolves to true once no other is alive; to false when the own entry does not show. @throws StoreLockedError */
const isAlone = async (
  env: Environment,
  locks: Locks,
  directory: string,
  own: Announced,
): Promise<boolean> => {
  let rivals: readonly string[] | undefined;
  for (let waitedMs = 0; ; waitedMs += LOOK_AGAIN_MS) {
    const names = await env.fs.readdir(directory);
    if (own.name !== undefined && !names.includes(own.name)) return false;
    const found = rivals;
    const seen = found === undefined ? names : names.filter((name) => found.includes(name));
    const others = await look(locks, directory, seen, own.name);
    const live = others.filter(({ presence }) => presence.state !== 'dead');
    if (live.length === 0) {
      await tidyUp(env, directory, names, others);
      return true;
    }
    const before = live.find((other) => isInTheWay(other, own.name));
    if (before !== undefined) throw lockedBy(directory, before);
    rivals ??= live.map(({ name }) => name);
    if (waitedMs >= WAIT_MS) throw lockedBy(directory, live[0]);
    await sleep(env.clock, LOOK_AGAIN_MS);
  }
};

/**
 * The other entries, the oldest first, up to one that is in the way. When a holder is gone, all who wait announce themselves at
 * once; if each of them looked at all others, the one whose turn it is would wait for that.
 */
const look = async (
  locks: Locks,
  directory: string,
  names: readonly string[],
  own: string | undefined,
): Promise<readonly Other[]> => {
  const others: Other[] = [];
  for (const name of [...names].sort((a, b) => (isBefore(a, b) ? -1 : 1))) {
    if (name === own || parseLockName(name) === undefined) continue;
    const other = { name, presence: await locks.presenceOf(directory, name) };
    others.push(other);
    if (isInTheWay(other, own)) break;
  }
  return others;
};

/** Whether its holder may have the lock, or goes on before the one who looks. */
const isInTheWay = ({ name, presence }: Other, own: string | undefined): boolean =>
  presence.state === 'unknown' || (presence.state === 'alive' && isBefore(name, own));

/** Of two that wait for each other, which one goes on. */
const isBefore = (other: string, own: string | undefined): boolean => {
  if (own === undefined) return true;
  const [first, second] = [lockTimeMs(other), lockTimeMs(own)];
  return first === second ? other < own : first < second;
};

/** Removes what dead holders left. Where that is not possible it does no harm: they stay dead. */
const tidyUp = async (
  { fs, clock }: Environment,
  directory: string,
  names: readonly string[],
  dead: readonly Other[],
): Promise<void> => {
  const unfinished = names.filter((name) => {
    const finished = parseUnfinishedName(name);
    return finished !== undefined && lockTimeMs(finished) < clock.now() - UNFINISHED_MS;
  });
  for (const name of [...dead.map((other) => other.name), ...unfinished]) {
    await fs.rm(`${directory}/${name}`, { force: true }).catch(() => {});
  }
};

const lockedBy = (directory: string, other: Other | undefined): StoreLockedError => {
  const name = other?.name ?? '';
  const pid = /[0-9]+/.exec(parseLockName(name)?.owner ?? '')?.[0] ?? '?';
  if (other?.presence.state !== 'unknown')
    return new StoreLockedError(directory, `process ${pid} has it open`);
  return new StoreLockedError(
    directory,
    `process ${pid} may have it open: ${other.presence.why}`,
    `If you are sure that no process has it open, remove ${directory}/${name}.`,
  );
};
