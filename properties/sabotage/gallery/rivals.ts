/** Sabotages of the lock: who has the store, who is refused it, and who gives it back. */
import type { Sabotage } from '../sabotage.js';

const LOCK = 'src/event-store/log/directory-lock.ts';
const STORE = 'src/event-store/log-event-store.ts';

const RIVALS = {
  row: 'two processes have one store, or a store that no process has is refused',
  suites: ['rival-stores'],
  killedBy: ['one-holder'],
} as const;

export const rivalSabotages: readonly Sabotage[] = [
  {
    name: 'lock: live holders are overlooked',
    patches: [
      {
        file: LOCK,
        find: "others.filter(({ presence }) => presence.state !== 'dead')",
        replace: "others.filter(({ presence }) => presence.state === 'unknown')",
      },
    ],
    ...RIVALS,
  },
  {
    name: 'lock: looks for others before it announces itself, and not after',
    patches: [
      {
        file: LOCK,
        find: 'const own = await announceIn(locks, directory);',
        replace:
          "for (const name of await env.fs.readdir(directory)) {\n    if (parseLockName(name) === undefined) continue;\n    const presence = await locks.presenceOf(directory, name);\n    if (presence.state !== 'dead') throw lockedBy(directory, { name, presence });\n  }\n  const own = await announceIn(locks, directory);",
      },
      {
        file: LOCK,
        find: 'if (!(await isAlone(env, locks, directory, own))) {',
        replace: 'if (own.name === undefined && !(await isAlone(env, locks, directory, own))) {',
      },
    ],
    ...RIVALS,
  },
  {
    name: 'lock: a process that has waited a moment goes on',
    patches: [
      {
        file: LOCK,
        find: 'const before = live.find(',
        replace: 'if (waitedMs > 0) return true;\n    const before = live.find(',
      },
    ],
    ...RIVALS,
  },
  {
    name: 'lock: tidies up the entries of the living, too',
    patches: [
      {
        file: LOCK,
        find: 'for (const name of [...dead.map((other) => other.name), ...unfinished]) {',
        replace: 'for (const name of names.filter((one) => parseLockName(one) !== undefined)) {',
      },
    ],
    ...RIVALS,
  },
  {
    name: 'lock: the dead are taken for alive',
    patches: [
      {
        file: LOCK,
        find: "presenceOf: (name) => ({ state: processes.isAlive(name) ? 'alive' : 'dead' }),",
        replace: "presenceOf: () => ({ state: 'alive' }),",
      },
    ],
    ...RIVALS,
  },
  {
    name: 'lock: a process that is refused leaves an entry',
    patches: [
      {
        file: LOCK,
        find: 'await own.withdraw().catch(() => {}); // The first error is the one to tell.',
        replace: ';',
      },
    ],
    ...RIVALS,
  },
  {
    name: 'lock: a store that is closed keeps it',
    patches: [
      {
        file: STORE,
        find: 'await this.#lock.release();',
        replace: 'void this.#lock;',
      },
    ],
    ...RIVALS,
  },
  {
    name: 'lock: a store that could not be opened keeps it',
    patches: [
      {
        file: 'src/event-store/open-event-store.ts',
        find: 'await lock.release().catch(() => {}); // The first error is the one to tell.',
        replace: ';',
      },
    ],
    ...RIVALS,
  },
  {
    name: 'lock: is given back before the last append is written',
    patches: [
      {
        file: STORE,
        find: 'await this.#writing;\n    this.#wakeWatchers();',
        replace: 'await this.#lock.release();\n    await this.#writing;\n    this.#wakeWatchers();',
      },
    ],
    ...RIVALS,
  },
];
