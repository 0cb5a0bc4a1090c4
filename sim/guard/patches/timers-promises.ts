/** `node:timers/promises` and `AbortSignal.timeout`, on simulated time. */
import timers from 'node:timers/promises';
import type { GuardedLife } from '../../process/guarded-life.js';
import { divert } from '../patch.js';

interface Options {
  readonly signal?: AbortSignal;
}

const aborted = (signal: AbortSignal): Error =>
  Object.assign(new Error('The operation was aborted', { cause: signal.reason }), {
    name: 'AbortError',
    code: 'ABORT_ERR',
  });

/** Resolves with `value` when the delay is over; rejects as soon as the signal says so. */
const wait = (life: GuardedLife, delayMs: number, value: unknown, { signal }: Options): Promise<unknown> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted(signal));
    const stop = (): void => {
      cancel();
      if (signal !== undefined) reject(aborted(signal));
    };
    const cancel = life.schedule(delayMs, () => {
      signal?.removeEventListener('abort', stop);
      resolve(value);
    });
    signal?.addEventListener('abort', stop, { once: true });
  });

/** Keeps ticks that come while no consumer waits, and delivers them one by one, as the real iterator does. */
async function* ticks(
  life: GuardedLife,
  delayMs: number,
  value: unknown,
  { signal }: Options,
): AsyncGenerator<unknown, void> {
  if (signal?.aborted) throw aborted(signal);
  let kept = 0;
  let wake = (): void => {};
  let cancel = (): void => {};
  const stop = (): void => wake();
  const start = (): void => {
    cancel = life.schedule(delayMs, () => {
      kept += 1;
      start();
      wake();
    });
  };
  start();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      if (signal?.aborted) throw aborted(signal);
      if (kept > 0) {
        kept -= 1;
        yield value;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    cancel();
    signal?.removeEventListener('abort', stop);
  }
}

const delayOf = (value: unknown): number => Math.max(1, Math.trunc(Number(value ?? 1)) || 1);
const optionsOf = (value: unknown): Options => (typeof value === 'object' && value !== null ? value : {});

/** Serves the promised timers from the life's `schedule()`. */
export const patchPromisedTimers = (): void => {
  divert(timers, 'setTimeout', (life, [delay, value, options]) =>
    wait(life, delayOf(delay), value, optionsOf(options)),
  );
  divert(timers, 'setImmediate', (life, [value, options]) => wait(life, 0, value, optionsOf(options)));
  divert(timers, 'setInterval', (life, [delay, value, options]) =>
    ticks(life, delayOf(delay), value, optionsOf(options)),
  );
  const scheduler: object = Object.getPrototypeOf(timers.scheduler);
  divert(scheduler, 'wait', (life, [delay, options]) =>
    wait(life, delayOf(delay), undefined, optionsOf(options)),
  );
  divert(scheduler, 'yield', (life) => wait(life, 0, undefined, {}));
  divert(AbortSignal, 'timeout', (life, [delay]) => {
    const controller = new AbortController();
    life.schedule(delayOf(delay), () =>
      controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
    );
    return controller.signal;
  });
};
