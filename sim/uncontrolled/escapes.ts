/**
 * Escapes: asynchronous work that a life starts without calling anything that is patched. Node tells of each such
 * piece when it begins; whatever it is, it would come back at a time that no world decides. This finds what a list of
 * functions can't: `import()`, native addons, timers that were copied into a variable before the guard was installed.
 */
import { createHook } from 'node:async_hooks';
import { callSite } from './call-site.js';
import { span } from './span.js';

/** Work that ends inside the span, or on the console, or (ZLIB) is done at once by the functions that are served. */
const HARMLESS = new Set([
  'PROMISE',
  'Microtask',
  'TickObject',
  'AsyncGeneratorRequest',
  'ZLIB',
  'WRITEWRAP',
  'TTYWRAP',
  'PIPEWRAP',
]);

const NAMES: ReadonlyMap<string, string> = new Map([
  ['Timeout', 'a real timer, copied before the guard was installed'],
  ['Immediate', 'a real setImmediate, copied before the guard was installed'],
  ['FSREQPROMISE', 'the real disk (by import(), or a handle opened outside)'],
  ['FSREQCALLBACK', 'the real disk, by no function of node:fs'],
]);

const hook = createHook({
  init: function began(_id: number, type: string): void {
    const { life } = span;
    if (life === undefined || HARMLESS.has(type)) return;
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
