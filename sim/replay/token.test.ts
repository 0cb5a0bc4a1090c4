import { Buffer } from 'node:buffer';
import { deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawPlan } from '../explore/random/draw-plan.js';
import type { Tape } from '../run/tape.js';
import type { FaultPlan } from '../suite/fault-plan.js';
import type { Suite } from '../suite/suite.js';
import { counterSuite } from '../testing/counter.js';
import { hashText } from '../util/hash.js';
import { decodeToken, encodeToken } from './token.js';

const FAULTS: FaultPlan[] = [{ fault: 'failed-sync' }, { fault: 'short-read' }];
const suite = {
  ...counterSuite('careful'),
  clients: 3,
  faults: FAULTS,
  shutdown: () => {},
} as unknown as Suite; // a suite of any system

const sealed = (payload: unknown, prefix = 'pc2'): string => {
  const body = deflateRawSync(Buffer.from(JSON.stringify(payload))).toString('base64url');
  return `${prefix}.${body}.${hashText(body).slice(0, 8)}`;
};

/** The payload of a whole token, with some of its parts replaced. */
const payload = (parts: {
  readonly plan?: unknown;
  readonly crashes?: unknown;
  readonly after?: unknown;
}) => ['a suite', 'posix', [], parts.plan ?? {}, parts.crashes ?? [], parts.after ?? 1, 'digest'];

describe('encodeToken and decodeToken', () => {
  it('carries every plan that a random run can draw', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('mixed', 'random', 'pct'), (seed, kind) => {
        const { branches: _, ...plan } = drawPlan(seed, suite, { kind });
        const tape: Tape = { ...plan, workload: [1, 'two'], crashes: [{ at: 3, lost: [1], fill: 'stale' }] };
        const content = { suite: 'a suite', disk: 'posix', tape, digest: 'd' };
        expect(decodeToken(encodeToken(content))).toEqual(content);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('of the first version means what it meant, unless it has a schedule: those were other choices', () => {
    const first = ['a suite', 'posix', [1], null, [[3, [], 0]], 1, 'digest', 7];
    expect(decodeToken(sealed(first, 'pc1')).tape).toEqual({
      workload: [1],
      crashes: [{ at: 3, lost: [], fill: 'zero' }],
      commandsAfterCrash: 1,
      faultSeed: 7,
    });
    expect(() => decodeToken(sealed(first.with(3, [0, 1]), 'pc1'))).toThrow(
      expect.objectContaining({ code: 'TOKEN_VERSION' }),
    );
  });

  it.each<[string, unknown]>([
    ['no list', {}],
    ['too short a list', ['a', 'posix', []]],
    ['too long a list', [...payload({}), 1]],
    ['a plan that is a list', payload({ plan: [] })],
    ['a plan with a part that there is not', payload({ plan: { code: 'rm -rf /' } })],
    ['schedules that are none', payload({ plan: { schedules: {} } })],
    ['a schedule of no kind', payload({ plan: { schedules: [{ kind: 'best' }] } })],
    ['a pick below zero', payload({ plan: { schedules: [{ kind: 'picks', picks: [-1] }] } })],
    ['a pick that is no number', payload({ plan: { schedules: [{ kind: 'picks', picks: ['0'] }] } })],
    ['a PCT schedule without priorities', payload({ plan: { schedules: [{ kind: 'pct', changes: [] }] } })],
    ['a seed that is none', payload({ plan: { faultSeed: 1.5 } })],
    ['a condition that there is not', payload({ plan: { conditions: { __proto__x: 1 } } })],
    ['an inherited condition', payload({ plan: { conditions: { toString: 1 } } })],
    ['a million clients', payload({ plan: { conditions: { clients: 1_000_000 } } })],
    ['no client', payload({ plan: { conditions: { clients: 0 } } })],
    [
      'time that goes back',
      payload({ plan: { conditions: { disturbances: [{ life: 0, at: 0, kind: 'pause', ms: -1 }] } } }),
    ],
    [
      'a disturbance of no kind',
      payload({ plan: { conditions: { disturbances: [{ life: 0, at: 0, kind: 'fire', ms: 1 }] } } }),
    ],
    ['a skew that is no number', payload({ plan: { conditions: { skewsMs: [null] } } })],
    ['a crash that is none', payload({ crashes: [[1, 'all', 0]] })],
    ['a bound that is none', payload({ after: 'many' })],
  ])('with %s is refused', (_what, content) => {
    expect(() => decodeToken(sealed(content))).toThrow(expect.objectContaining({ code: 'TOKEN_MALFORMED' }));
  });

  it.each([
    ['garbage', 'hello'],
    ['its end cut off', sealed(payload({})).slice(0, -3)],
    [
      'one character changed',
      sealed(payload({})).replace(/\.(.)/, (_, first) => (first === 'x' ? '.y' : '.x')),
    ],
    ['more than a token can be', `pc2.${'a'.repeat(300_000)}.00000000`],
    ['a bomb in it', sealed([' '.repeat(8 * 1024 * 1024)])],
  ])('with %s is refused', (_what, token) => {
    expect(() => decodeToken(token)).toThrow(expect.objectContaining({ code: 'TOKEN_MALFORMED' }));
  });
});
