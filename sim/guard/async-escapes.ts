/**
 * Escapes: asynchronous work that a life starts without calling anything that is patched. Node tells of each such
 * piece when it begins; whatever it is, it would come back at a time that no world decides. This finds what a list of
 * functions can't: `import()`, native addons, timers that were copied into a variable before the guard was installed.
 */
import { asyncWrapProviders, createHook } from 'node:async_hooks';
import { active } from '../process/active-life.js';
import { callSite } from '../process/refusal-site.js';

/** Timers are Node's own, and yet native. All other resources without a provider are JavaScript and start nothing. */
const TIMERS = ['Timeout', 'Immediate'];

/**
 * Native work that ends inside the span, or on the console, or that synchronous functions do at once. Those with a callback
 * are served, so that a life never waits for them.
 */
const HARMLESS = new Set([
  ...['PROMISE', 'ZLIB', 'BLOBREADER', 'WRITEWRAP', 'TTYWRAP', 'PIPEWRAP'],
  ...[
    'ARGON2REQUEST',
    'CHECKPRIMEREQUEST',
    'CIPHERREQUEST',
    'DERIVEBITSREQUEST',
    'HASHREQUEST',
    'KEMREQUEST',
  ],
  ...[
    'KEYEXPORTREQUEST',
    'PBKDF2REQUEST',
    'RANDOMBYTESREQUEST',
    'SCRYPTREQUEST',
    'SIGNREQUEST',
    'VERIFYREQUEST',
  ],
]);

const SUSPECT = new Set(
  [...TIMERS, ...Object.keys(asyncWrapProviders)].filter((type) => !HARMLESS.has(type)),
);

const NAMES: ReadonlyMap<string, string> = new Map([
  ['Timeout', 'a real timer, copied before the guard was installed'],
  ['Immediate', 'a real setImmediate, copied before the guard was installed'],
  ['FSREQPROMISE', 'the real disk (by import(), or a handle opened outside)'],
  ['FSREQCALLBACK', 'the real disk, by no function of node:fs'],
]);

const hook = createHook({
  init: function began(_id: number, type: string): void {
    const { life } = active;
    if (life === undefined || !SUSPECT.has(type)) return;
    // Nothing may be thrown here: Node would end the process.
    life.report({ what: NAMES.get(type) ?? `asynchronous work (${type})`, site: callSite(began) });
  },
});

/** Watches for escapes until {@link unwatch}: promises are some three times as slow as long as it lasts. */
export const watch = (): void => {
  hook.enable();
};

export const unwatch = (): void => {
  hook.disable();
};
