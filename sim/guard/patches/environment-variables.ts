/**
 * `process.env` in a life: the variables of the host, except those that describe its machine, which are constants. A
 * variable that a life sets is its own. One object serves lives and host, as it may have been imported by name.
 */

import { active } from '../../process/active-life.js';
import type { GuardedLife } from '../../process/guarded-life.js';
import { put } from '../patch.js';
import { HOME, USER } from './constants.js';
import { chooseZone, DEFAULT_LOCALE } from './locale.js';

/** Of the machine, its user, its terminal, and of who started the process: gone, unless a life has one of its own. */
const OF_MACHINE =
  /^(HOME|USER|USERNAME|LOGNAME|PWD|OLDPWD|HOSTNAME|HOST|PATH|TMPDIR|TMP|TEMP|LANG|LANGUAGE|LC_\w+|TZ|SHELL|SHLVL|TERM|COLORTERM|TERM_\w+|COLUMNS|LINES|EDITOR|MAIL|DISPLAY|INIT_CWD|NODE|NODE_CHANNEL_\w+|NODE_UNIQUE_ID|_|(SSH|XDG|DBUS|npm|WSL|VITEST|TINYPOOL)_\w+)$/i;

const ownVariables = (life: GuardedLife): Record<string, string> => {
  const { timeZone, language } = life.locale ?? DEFAULT_LOCALE;
  return {
    HOME,
    USER,
    LOGNAME: USER,
    PWD: '/',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: `${language.replaceAll('-', '_')}.UTF-8`,
    TZ: timeZone,
  };
};

const variablesOf = new WeakMap<GuardedLife, Record<string, string>>();

/** Those of a life, in the order of their names: a machine's order is its own. */
const inLife = (life: GuardedLife, host: NodeJS.ProcessEnv): Record<string, string> => {
  const known = variablesOf.get(life);
  if (known !== undefined) return known;
  const passed = Object.entries(host).filter(([name]) => !OF_MACHINE.test(name));
  const all = [...passed, ...Object.entries(ownVariables(life))].sort(([a], [b]) => (a < b ? -1 : 1));
  const variables = Object.fromEntries(all) as Record<string, string>; // no entry is undefined
  variablesOf.set(life, variables);
  return variables;
};

const zoneMayChange = (life: GuardedLife, name: PropertyKey, value: string | undefined): void => {
  if (name === 'TZ') chooseZone(life, value);
};

/** Serves `process.env`. */
export const patchEnvironmentVariables = (): void => {
  const host = process.env;
  const target = (): Record<string, string> | NodeJS.ProcessEnv =>
    active.life === undefined ? host : inLife(active.life, host);
  const handler: ProxyHandler<NodeJS.ProcessEnv> = {
    get: (_host, name) => Reflect.get(target(), name),
    has: (_host, name) => Reflect.has(target(), name),
    ownKeys: () => Reflect.ownKeys(target()),
    getOwnPropertyDescriptor: (_host, name) => Reflect.getOwnPropertyDescriptor(target(), name),
    set: (_host, name, value) => {
      const { life } = active;
      if (life === undefined) return Reflect.set(host, name, value);
      // As Node's own object: whatever is put into it is text.
      zoneMayChange(life, name, String(value));
      return Reflect.set(target(), name, String(value));
    },
    defineProperty: (_host, name, descriptor) => {
      const { life } = active;
      if (life !== undefined) zoneMayChange(life, name, String(descriptor.value));
      return Reflect.defineProperty(target(), name, descriptor);
    },
    deleteProperty: (_host, name) => {
      const { life } = active;
      if (life !== undefined) zoneMayChange(life, name, undefined);
      return Reflect.deleteProperty(target(), name);
    },
  };
  put(process, 'env', new Proxy(host, handler));
};
