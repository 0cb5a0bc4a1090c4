import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { UncontrolledEffectError } from '../process/uncontrolled-effect.js';
import { BIRTH_MS, testLife } from '../testing/guarded-life.js';
import { type Guard, installGuard } from './guard.js';

type Calls = Readonly<Record<string, () => unknown>>;
interface Effects {
  makeKeys(modules: unknown): void;
  served(modules: unknown): Calls;
  refused(modules: unknown): Calls;
}

const load = async (name: string): Promise<unknown> =>
  import(new URL(`fixtures/${name}`, import.meta.url).href);

/** The fixtures are plain modules that know nothing of tests; these are their exports. */
const effects = (await load('effects.mjs')) as Effects;
const modulesOf = (fixture: unknown): unknown => Reflect.get(Object(fixture), 'modules');
const programs = [
  ['imported by name', modulesOf(await load('imported-by-name.mjs'))],
  ['imported by default', modulesOf(await load('imported-by-default.mjs'))],
  ['required', modulesOf(createRequire(import.meta.url)('./fixtures/required.cjs'))],
] as const;

effects.makeKeys(programs[0][1]);

// All programs are loaded by now: the guard has to reach what they have imported already.
let guard: Guard;
beforeAll(() => {
  guard = installGuard();
});

const lines = readFileSync(new URL('fixtures/effects.mjs', import.meta.url), 'utf8').split('\n');
const cases = programs.flatMap(([style, modules]) => ({
  style,
  served: Object.entries(effects.served(modules)),
  refused: Object.entries(effects.refused(modules)),
}));

describe.each(cases)('installGuard: inside a life, $style', ({ served, refused }) => {
  it.each(served)('%s is served: equal seeds, equal values', async (_name, call) => {
    const first = testLife(7, true);
    const values = [await first.run(guard, call), await testLife(7).run(guard, call)];
    expect(values[0]).toBeDefined();
    expect(values[1]).toEqual(values[0]);
    expect(first.effects).toEqual([]);
  });

  it.each(refused)('%s is refused, with its call site', async (name, call) => {
    const life = testLife(7);
    const error: unknown = await life.run(guard, call).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UncontrolledEffectError);
    expect(error).toMatchObject({ code: 'UNCONTROLLED_EFFECT', effect: { what: name } });
    const [effect] = life.effects;
    const [file, line] = effect?.site.split(':') ?? [];
    expect(file).toBe('sim/guard/fixtures/effects.mjs');
    expect(lines[Number(line) - 1]).toMatch(
      new RegExp(`^ *'?${name.replaceAll(/[.()]/g, '\\$&')}'?: |^    `),
    );
    // Without its directory, which differs from machine to machine: a program may store the message.
    expect(String(error)).toContain(`${name} was called at effects.mjs:${line}:`);
  });
});

describe('installGuard: served calls', () => {
  const { modules } = { modules: programs[1][1] };
  const { served } = effects;
  const inLife = (seed: number, name: string): Promise<unknown> =>
    testLife(seed).run(guard, served(modules)[name] ?? (() => expect.unreachable(name)));

  it.each([
    ['Date.now', BIRTH_MS],
    ['new Date', '2023-11-14T22:13:20.000Z'],
    ['Temporal.Now.instant', BIRTH_MS],
    ['Temporal.Now.plainDateISO', '2023-11-14'],
    ['crypto.randomUUIDv7', expect.stringMatching(/^018bcfe5-6800-7/)],
    ['performance.now', BIRTH_MS],
    ['performance.timeOrigin', 0],
    ['process.hrtime', [1_700_000_000, 0]],
    ['process.hrtime difference', [0, 0]],
    ['process.hrtime.bigint', '1700000000000000000'],
    ['process.cwd', '/'],
    ['process.uptime', 1_700_000_000],
    ['Intl format', 'Tuesday, November 14, 2023'],
    ['setTimeout, global', BIRTH_MS + 250],
    ['setInterval, global', [BIRTH_MS + 10, BIRTH_MS + 20, BIRTH_MS + 30]],
    ['promised setTimeout', ['forty', BIRTH_MS + 40]],
    [
      'promised setInterval',
      [
        ['tick', BIRTH_MS + 7],
        ['tick', BIRTH_MS + 14],
      ],
    ],
    ['promisified setTimeout', ['five', BIRTH_MS + 5]],
    ['AbortSignal.timeout', BIRTH_MS + 3],
    ['zlib streams, piped', 'text and more'],
    ['crypto.verify called back', false],
    ['Date of another realm', `${BIRTH_MS},${BIRTH_MS},Tue Nov 14 2023`],
    ['Event.timeStamp', BIRTH_MS],
    ['timeStamp of an abort', BIRTH_MS],
    ['File.lastModified', BIRTH_MS],
    ['performance.mark', BIRTH_MS],
    [
      'performance.measure',
      { name: 'whole', entryType: 'measure', startTime: BIRTH_MS, duration: 20, detail: null },
    ],
    ['performance.getEntries', ['two']],
    ['performance.nodeTiming', BIRTH_MS],
    ['PerformanceObserver', 2],
    ['histogram.recordDelta', true],
    ['subtle.digest', '709e80c88487a2411e1ee4dfb9f22a861492d20c4765150c0c794abd70f8147c'],
  ])('%s is %j', async (name, value) => {
    expect(await inLife(1, name)).toEqual(value);
  });

  it.each([
    'Math.random',
    'crypto.randomUUID',
    'crypto.randomBytes',
    'crypto.randomBytes called back',
    'crypto.randomInt',
    'crypto.randomInt called back',
    'crypto.randomFillSync',
    'crypto.randomFill',
    'crypto.getRandomValues',
    'global crypto.getRandomValues',
    'global crypto.randomUUID',
    'Math.random of another realm',
    'a script in a new realm',
    'URL.createObjectURL',
  ])('%s differs from seed to seed', async (name) => {
    expect(await inLife(1, name)).not.toEqual(await inLife(2, name));
  });

  it('keeps the shape of a UUID, and the range of a number', async () => {
    expect(await inLife(3, 'crypto.randomUUID')).toMatch(
      /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
    );
    for (let seed = 1; seed <= 50; seed++) {
      const number = await inLife(seed, 'crypto.randomInt');
      expect(number).toBeGreaterThanOrEqual(10);
      expect(number).toBeLessThan(20_000);
      const random = await inLife(seed, 'Math.random');
      expect(random).toBeGreaterThanOrEqual(0);
      expect(random).toBeLessThan(1);
    }
  });

  it('fills only the bytes it is asked to', async () => {
    expect(await inLife(1, 'crypto.randomFillSync')).toMatch(/^0000[\da-f]{8}0000$/);
    expect(await inLife(1, 'crypto.randomFill')).toMatch(/^0000[\da-f]{8}0000$/);
  });

  it('refuses bad arguments in the words of the real function', async () => {
    // Deliberately wrong arguments, which the types would not let through.
    const wrong = { setTimeout: setTimeout as (callback: unknown) => unknown };
    await expect(testLife(1).run(guard, () => wrong.setTimeout('no function'))).rejects.toMatchObject({
      code: 'ERR_INVALID_ARG_TYPE',
    });
  });

  it('leaves Date what it is: a class, with its statics, for instances made before and after', async () => {
    const before = new Date(5);
    class Moment extends Date {}
    const seen = await testLife(1).run(guard, () => ({
      before: before instanceof Date,
      inside: new Date() instanceof Date && new Date().constructor === Date,
      given: new Date(2020, 1, 29).getMonth(),
      copied: new Date(before).getTime(),
      utc: Date.UTC(1970, 0, 2),
      parsed: Date.parse('1970-01-01T00:00:01Z'),
      subclass: new Moment().getTime(),
      isSubclass: new Moment() instanceof Moment,
      name: Date.name,
      arity: Date.length,
    }));
    expect(seen).toEqual({
      before: true,
      inside: true,
      given: 1,
      copied: 5,
      utc: 86_400_000,
      parsed: 1000,
      subclass: BIRTH_MS,
      isSubclass: true,
      name: 'Date',
      arity: 7,
    });
  });
});

describe('installGuard: timers of a life', () => {
  it('are cleared by handle, by number, and from their own callback', async () => {
    const ran: string[] = [];
    await testLife(1).run(guard, () => {
      clearTimeout(setTimeout(() => ran.push('cleared'), 1));
      clearTimeout(Number(setTimeout(() => ran.push('cleared by number'), 1)));
      const immediate = setImmediate(() => ran.push('cleared immediate'));
      clearImmediate(immediate);
      const interval = setInterval(() => {
        ran.push('once');
        clearInterval(interval);
      }, 5);
    });
    expect(ran).toEqual(['once']);
  });

  it('can be refreshed, unreferenced and disposed of as the real ones', async () => {
    const times: number[] = [];
    await testLife(1).run(guard, () => {
      const refreshed = setTimeout(() => times.push(Date.now() - BIRTH_MS), 10);
      setTimeout(() => refreshed.refresh(), 4);
      expect(refreshed.unref().hasRef()).toBe(false);
      setTimeout(() => times.push(-1), 3).close();
    });
    expect(times).toEqual([14]);
  });

  it('run in order of time, whatever the order of setting', async () => {
    const ran: string[] = [];
    await testLife(1).run(guard, () => {
      setTimeout(() => ran.push('late'), 20);
      setTimeout((word: string) => ran.push(word), 10, 'early');
      setImmediate(() => ran.push('at once'));
    });
    expect(ran).toEqual(['at once', 'early', 'late']);
  });

  it('end a promised wait when it is aborted', async () => {
    const { setTimeout: sleep } = await import('node:timers/promises');
    const outcome = testLife(1).run(guard, () => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 5);
      return sleep(1000, undefined, { signal: controller.signal });
    });
    await expect(outcome).rejects.toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
  });
});

describe('installGuard: FinalizationRegistry and WeakRef', () => {
  it('is never collected in a life: weak references hold, and nobody is told', async () => {
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('gc');
    let told = 0;
    const registry = new FinalizationRegistry(() => {
      told += 1;
    });
    const life = testLife(1);
    const reference = await life.run(guard, () => {
      const object = { large: new Array(1000).fill(0) };
      registry.register(object, undefined);
      return new WeakRef(object);
    });
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (typeof collect === 'function') collect();
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(reference instanceof WeakRef && reference.deref()).toHaveProperty('large');
    expect(typeof collect).toBe('function');
    expect(told).toBe(0);
    expect(life.effects).toEqual([]);
  });
});

describe('installGuard: outside of a life', () => {
  it('nothing is patched that could not be', () => {
    expect(guard.unreachable).toEqual([]);
  });

  it('a second installation gives the same guard', () => {
    expect(installGuard()).toBe(guard);
  });

  it('clocks and dice are real', async () => {
    const { served } = effects;
    const calls = served(programs[0][1]);
    expect(Date.now()).toBeGreaterThan(BIRTH_MS + 1_000_000);
    expect(new Date().toISOString() > '2024').toBe(true);
    expect(Date()).toBe(new Date().toString());
    expect(performance.now()).toBeLessThan(BIRTH_MS);
    expect(process.pid).not.toBe(1000);
    for (const name of ['Math.random', 'crypto.randomUUID', 'crypto.randomBytes', 'crypto.randomInt']) {
      expect(await calls[name]?.()).not.toEqual(await calls[name]?.());
    }
  });

  it('timers wait, promised or called back', async () => {
    const began = performance.now();
    const calls = effects.served(programs[0][1]);
    expect(await calls['promised setTimeout']?.()).toMatchObject(['forty', expect.any(Number)]);
    await calls['setTimeout, imported']?.();
    expect(performance.now() - began).toBeGreaterThan(280);
  });

  it('the disk is real', () => {
    expect(readFileSync(new URL(import.meta.url), 'utf8')).toContain('the disk is real');
  });

  it('what a life left running does not run', async () => {
    const life = testLife(1);
    let late = false;
    guard.enter(life);
    setTimeout(() => {
      late = true;
    }, 1);
    guard.leave();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(late).toBe(false);
  });
});

describe('installGuard: a span', () => {
  it('does not nest', () => {
    guard.enter(testLife(1));
    try {
      expect(() => guard.enter(testLife(2))).toThrow('a life is already running');
    } finally {
      guard.leave();
    }
  });

  it('lets output through', async () => {
    await expect(testLife(1).run(guard, () => process.stdout.write(''))).resolves.toBe(true);
  });

  it('lets no exit handler of a life near the host', async () => {
    const listeners = process.listenerCount('exit');
    const { emit } = process;
    await testLife(1).run(guard, () => {
      process.on('exit', () => {});
      Reflect.set(process, 'emit', () => true);
    });
    expect(process.listenerCount('exit')).toBe(listeners);
    expect(process.emit).toBe(emit);
  });
});
