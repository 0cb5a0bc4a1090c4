/** The process of a life ends as one of Node's does, and the exploration goes on. */
import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineSuite } from '../define-suite/define-suite.js';
import { exploreSuite } from '../explore/campaign/explore-suite.js';
import { onSimulatedDisk } from '../guard/on-simulated-disk.js';
import { replay } from '../replay/replay.js';
import type { SuiteResult } from '../result/result.js';
import type { Suite, SuiteDefinition } from '../suite/suite.js';

const SMALL = { seed: 1, runs: 4, workloads: 1, depth: 1, bail: false } as const;

type Act = () => unknown;

const doing = (act: Act, changes: Partial<SuiteDefinition<Act, null>> = {}): Suite => {
  const suite: SuiteDefinition<Act, null> = {
    name: 'a program with one command',
    boot: onSimulatedDisk(() => async () => {
      await act();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }),
    commands: fc.constant([null]),
    perform: (run) => run(),
    invariants: [],
    ...changes,
  };
  return defineSuite(suite);
};

const explored = (suite: Suite): Promise<SuiteResult> => exploreSuite(suite, SMALL);

const boom = (): never => {
  throw new Error('boom');
};

/** Ways in which an error passes through no promise. */
const WAYS: readonly (readonly [string, Act])[] = [
  ['process.nextTick', () => process.nextTick(boom)],
  ['queueMicrotask', () => queueMicrotask(boom)],
  ['setTimeout', () => setTimeout(boom, 1)],
  ['setInterval', () => setInterval(boom, 1)],
  ['setImmediate', () => setImmediate(boom)],
  ['a callback of node:fs', () => fs.stat('/', boom)],
  ['fs.exists', () => fs.exists('/', boom)],
  ['a callback of a directory', () => fs.opendir('/', (_error, directory) => directory.close(boom))],
  ['a read stream that nobody listens to', () => void fs.createReadStream('/missing')],
  ['a write stream that nobody listens to', () => void fs.createWriteStream('/missing/file')],
  [
    "an emitter's 'error' in a timer",
    () => setTimeout(() => new EventEmitter().emit('error', new Error('boom')), 1),
  ],
  [
    'an event target',
    () => {
      const target = new EventTarget();
      target.addEventListener('event', boom);
      target.dispatchEvent(new Event('event'));
    },
  ],
  [
    'a tick within a microtask within a tick',
    () => process.nextTick(() => queueMicrotask(() => process.nextTick(boom))),
  ],
];

describe('exploreSuite: an uncaught exception', () => {
  it.each(WAYS)('in %s ends the process, and is told with a token that replays', async (_way, act) => {
    const suite = doing(act);
    const { verdict, violations } = await explored(suite);
    expect(verdict).toBe('violated');
    expect(violations.map(({ invariant }) => invariant)).toEqual(['controlled']);
    expect(violations[0]?.message).toMatch(
      /^The process ends with code 1 by an uncaught exception, Error: (boom|ENOENT)/,
    );
    expect(violations[0]?.story).toContain('The process ends with code 1 by an uncaught exception');
    const again = await replay(violations[0]?.token ?? '', [suite]);
    expect(again).toMatchObject({ same: true, violated: [{ invariant: 'controlled' }] });
  });

  it.each(WAYS)("in %s is the handler's of the life, which goes on", async (_way, act) => {
    const caught: unknown[] = [];
    const suite = doing(() => {
      process.on('uncaughtException', (error) => void caught.push(error));
      return act();
    });
    const listeners = process.listenerCount('uncaughtException');
    expect(await explored(suite)).toMatchObject({ violations: [] });
    expect(caught.length).toBeGreaterThan(0);
    expect(process.listenerCount('uncaughtException')).toBe(listeners);
  });

  it.each<readonly [string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['a number', 5],
    ['megabytes of text', new Error('x'.repeat(50_000_000))],
    ['a DOMException', new DOMException('boom')],
    [
      'an object that throws when it is looked at',
      new Proxy({}, { get: boom, getPrototypeOf: boom, ownKeys: boom }),
    ],
    ['an error whose stack throws', Object.defineProperty(new Error('boom'), 'stack', { get: boom })],
    ['an error whose message is a symbol', Object.assign(new Error(), { message: Symbol('boom') })],
  ])('may be %s', async (_what, thrown) => {
    const throwing = (): never => {
      throw thrown;
    };
    for (const act of [
      () => process.nextTick(throwing),
      () => setTimeout(throwing, 1),
      () => void Promise.reject(thrown),
    ]) {
      const { violations } = await explored(doing(act));
      expect(violations.map(({ invariant }) => invariant)).toEqual(['controlled']);
      expect(violations[0]?.message.length).toBeLessThan(3_000);
    }
    expect(await explored(doing(throwing))).toMatchObject({ violations: [] });
  });

  it('stops what the program had queued, and leaves the next life its disk', async () => {
    const after: string[] = [];
    const suite = doing(() => {
      process.nextTick(boom);
      process.nextTick(async () => {
        await null;
        after.push('promise of a tick');
      });
      void (async () => {
        await new Promise((resolve) => setTimeout(resolve, 0));
        after.push('promise of a timer');
      })();
      const late = new Promise((resolve) => process.on('exit', resolve));
      void late.then(() => {
        try {
          fs.writeFileSync('/late', 'late');
        } finally {
          after.push(String(fs.existsSync('/late')));
        }
      });
      process.nextTick(() => after.push('tick'));
      setTimeout(() => after.push('timer'), 0);
    });
    expect(await explored(suite)).toMatchObject({ verdict: 'violated' });
    expect(new Set(after)).toEqual(new Set(['false']));
  });

  it('in a boot after a power cut is told as a program that does not start again', async () => {
    const suite = doing(() => fs.promises.writeFile('/written', '1'), {
      boot: onSimulatedDisk(() => {
        if (fs.existsSync('/written')) setTimeout(boom, 1);
        return async () => {
          await new Promise((resolve) => setTimeout(resolve, 5));
          fs.writeFileSync('/written', '1');
        };
      }),
      settle: () => new Promise((resolve) => setTimeout(resolve, 5)),
    });
    const { violations } = await explored(suite);
    expect(violations.map(({ invariant }) => invariant)).toEqual(['recovers']);
  });

  it('is told with the call that failed, and with the line that set its timer', async () => {
    const failing = await explored(doing(() => void fs.promises.readFile('/missing')));
    expect(failing.violations[0]?.story).toMatch(
      / {4}open \/missing \(failed: ENOENT\) \(.*process-end\.test\.ts:\d+\)/,
    );
    const timed = await explored(doing(() => setTimeout(boom, 1)));
    expect(timed.violations[0]?.story).toMatch(/, in a timer set at .*process-end\.test\.ts:\d+\.\n/);
  });

  it('is no finding of its own where an invariant was broken before it', async () => {
    const broken = { name: 'broken', statement: 'Never holds.', check: () => 'it is broken' };
    const suite = doing(() => undefined, {
      boot: onSimulatedDisk(() => async () => undefined),
      invariants: [broken],
      observe: () => {
        setTimeout(boom, 1);
        return null;
      },
      settle: () => new Promise((resolve) => setTimeout(resolve, 5)),
    });
    const { violations } = await exploreSuite(suite, { ...SMALL, runs: 0 });
    expect(violations.map(({ invariant }) => invariant)).toEqual(['broken']);
  });

  it('in a boot on an empty disk is an error that says so', async () => {
    const suite = doing(() => undefined, {
      boot: () => new Promise(() => process.nextTick(boom)),
    });
    await expect(explored(suite)).rejects.toMatchObject({
      code: 'SUITE_BOOT_FAILED',
      message: expect.stringContaining('ends with code 1 by an uncaught exception, Error: boom'),
    });
  });
});

describe('exploreSuite: an unhandled rejection', () => {
  const reject: Act = () => void Promise.reject(new Error('boom'));

  it('ends the process as an uncaught exception does', async () => {
    const { violations } = await explored(doing(reject));
    expect(violations[0]?.message).toMatch(
      /^The process ends with code 1 by an unhandled rejection, Error: boom \(.*process-end\.test\.ts:\d+\)\.$/,
    );
  });

  it.each(['unhandledRejection', 'uncaughtException'])("is the handler's of '%s'", async (event) => {
    const suite = doing(() => {
      process.on(event, () => {});
      reject();
    });
    expect(await explored(suite)).toMatchObject({ violations: [] });
  });
});

/** A file that grows by a letter, and its length: how far the program got. */
const grow = (): void => fs.appendFileSync('/log', 'x', { flush: true });
const grown = (): number => (fs.existsSync('/log') ? fs.statSync('/log').size : 0);

type Ending = () => unknown;

const ENDINGS: readonly (readonly [string, Ending])[] = [
  ['exits with code 3', () => process.exit(3)],
  [
    'exits with code 4',
    () => {
      process.exitCode = 4;
      process.exit();
    },
  ],
  ['exits with code 5', () => Reflect.apply(Reflect.get(process, 'reallyExit'), process, [5])],
  ['is ended by SIGABRT', () => process.abort()],
  ['is ended by SIGTERM', () => process.kill(process.pid)],
  ['is ended by SIGKILL', () => process.kill(process.pid, 'SIGKILL')],
  ['is ended by SIGINT', () => process.kill(process.pid, 2)],
];

describe('exploreSuite: a process that ends itself', () => {
  it.each(ENDINGS)('%s: nothing after it has any effect, and its command is unknown', async (text, end) => {
    const outcomes = new Set<string>();
    const { exitCode } = process;
    const suite = doing(
      () => {
        grow();
        try {
          end();
        } catch {
          // A program that catches everything: it is over all the same.
        } finally {
          grow();
        }
        grow();
      },
      {
        unknown: 'abandon',
        invariants: [
          {
            name: 'once',
            statement: 'The file has grown once.',
            check: ({ commands }) => {
              for (const { outcome } of commands) outcomes.add(outcome.status);
              return grown() > 1 ? `it has grown ${grown()} times` : undefined;
            },
          },
          {
            name: 'never',
            statement: 'The file never grows.',
            check: () => (grown() > 0 ? 'it has' : undefined),
          },
        ],
      },
    );
    const { violations } = await explored(suite);
    expect(violations.map(({ invariant }) => invariant)).toEqual(['never']);
    expect(violations[0]?.story).toMatch(
      new RegExp(`The process ${text} \\(.*process-end.test.ts:\\d+\\)\\.`),
    );
    expect(outcomes).toEqual(new Set(['unknown']));
    expect(process.exitCode).toBe(exitCode);
    expect(await replay(violations[0]?.token ?? '', [suite])).toMatchObject({ same: true });
  });

  const listening = async (end: Ending): Promise<SuiteResult> =>
    explored(
      doing(
        () => {
          process.on('exit', (code) => fs.writeFileSync('/exit', String(code), { flush: true }));
          end();
        },
        {
          unknown: 'abandon',
          invariants: [
            {
              name: 'exit',
              statement: 'No listener is called.',
              check: () => (fs.existsSync('/exit') && fs.readFileSync('/exit', 'utf8')) || undefined,
            },
          ],
        },
      ),
    );

  it("calls its 'exit' listeners where Node does, and what they write counts", async () => {
    const { violations } = await listening(() => process.exit(3));
    expect(violations[0]?.message).toBe('3');
  });

  it.each(ENDINGS.slice(2))('%s without calling any', async (_text, end) => {
    expect(await listening(end)).toMatchObject({ violations: [] });
  });

  it('goes on where it listens for the signal, or is only asked whether it is there', async () => {
    const seen = new Set<unknown>();
    const suite = doing(() => {
      process.once('SIGTERM', (...args) => void seen.add(args.join()));
      process.kill(process.pid, 'SIGTERM');
      seen.add(process.kill(process.pid, 0));
      expect(() => process.kill(4242, 0)).toThrow(expect.objectContaining({ code: 'ESRCH' }));
      expect(() => process.kill(process.pid, 'SIGNONE')).toThrow(
        expect.objectContaining({ code: 'ERR_UNKNOWN_SIGNAL' }),
      );
    });
    expect(await explored(suite)).toMatchObject({ violations: [] });
    expect(seen).toEqual(new Set([true, 'SIGTERM,15']));
  });

  /** Boots that exit as long as `exits` says so, by how often they have done so on this disk. */
  const exiting = (
    exits: (times: number) => boolean,
    changes: Partial<SuiteDefinition<Act, null>> = {},
  ): Suite =>
    doing(() => undefined, {
      boot: onSimulatedDisk(() => {
        const times = grown();
        grow();
        if (exits(times)) process.exit(1);
        return async () => undefined;
      }),
      ...changes,
    });

  it('in every start from the second on does not start again', async () => {
    const { violations } = await explored(exiting((times) => times > 0));
    expect(violations.map(({ invariant }) => invariant)).toEqual(['recovers']);
    expect(violations[0]?.message).toContain('its process exits with code 1');
  });

  it('in one start does start again', async () => {
    expect(await explored(exiting((times) => times === 1))).toMatchObject({ violations: [] });
  });

  it('in every start on an empty disk is an error that says so', async () => {
    await expect(explored(exiting(() => true))).rejects.toMatchObject({
      code: 'SUITE_BOOT_FAILED',
      message: expect.stringMatching(/its process exits with code 1 \(.*process-end\.test\.ts:\d+\)/),
    });
  });

  it('whenever it settles after its start is not up either', async () => {
    await expect(explored(doing(() => undefined, { settle: () => process.exit(0) }))).rejects.toMatchObject({
      code: 'SUITE_BOOT_FAILED',
    });
  });

  it("finds no 'beforeExit', which is noted", async () => {
    const listening = await explored(doing(() => process.once('beforeExit', boom)));
    const noted = expect.arrayContaining([expect.objectContaining({ code: 'BEFORE_EXIT' })]);
    expect(listening).toMatchObject({ verdict: 'holds', notes: noted });
    expect((await explored(doing(() => process.once('exit', () => undefined)))).notes).not.toEqual(noted);
  });

  it("while 'observe' looks at the system leaves the suite undecided", async () => {
    const { verdict, undecided } = await explored(doing(() => undefined, { observe: () => process.exit(0) }));
    expect({ verdict, codes: undecided?.map(({ code }) => code) }).toEqual({
      verdict: 'undecided',
      codes: expect.arrayContaining(['SUITE_FAILED']),
    });
    expect(undecided?.find(({ code }) => code === 'SUITE_FAILED')?.message).toMatch(
      /^In some life the process exits with code 0.* while 'observe' looks at the system\./,
    );
    const seen = await explored(doing(() => undefined, { observe: () => 1 }));
    expect(seen.undecided ?? []).not.toContainEqual(expect.objectContaining({ code: 'SUITE_FAILED' }));
  });

  it('while an invariant is checked breaks that invariant', async () => {
    const exits = { name: 'exits', statement: 'It exits.', check: () => process.exit(1) };
    const { violations } = await explored(doing(() => undefined, { invariants: [exits] }));
    expect(violations.map(({ invariant }) => invariant)).toEqual(['exits']);
    expect(violations[0]?.message).toBe("Its check can't be finished: the process exits with code 1.");
  });

  it.each(['observe', 'shutdown'] as const)('in %s just ends', async (when) => {
    const suite = doing(() => undefined, { [when]: () => process.exit(0) });
    expect(await exploreSuite(suite, { ...SMALL, runs: 50 })).toMatchObject({ violations: [] });
  });
});
