import { describe, expect, it } from 'vitest';
import { exploreSuite } from '../explore/campaign/explore-suite.js';
import { DEFAULT_OPTIONS } from '../explore/options.js';
import type { Suite } from '../suite/suite.js';
import { type Carelessness, counterSuite } from '../testing/counter.js';
import { replay } from './replay.js';
import { firstDifferentStep } from './step-fingerprint.js';

const NAME = 'a counter under development';
const suiteOf = (carelessness: Carelessness): Suite =>
  ({ ...counterSuite(carelessness), name: NAME }) as unknown as Suite; // a suite of any system

const tokenOf = async (carelessness: Carelessness, invariant = 'durability'): Promise<string> => {
  const options = { ...DEFAULT_OPTIONS, seed: 1, runs: 0, workloads: 2, commands: 2, depth: 1 };
  const { violations } = await exploreSuite(suiteOf(carelessness), options);
  const token = violations.find((violation) => violation.invariant === invariant)?.token;
  if (token === undefined) throw new Error(`${carelessness} breaks no ${invariant}`);
  return token;
};

describe('replay: the program has changed since', () => {
  it('names the first step that is another one', async () => {
    const result = await replay(await tokenOf('no directory fsync'), [suiteOf('in place')]).catch(
      (error: unknown) => error,
    );
    // In place, the rename that the run lost does not happen at all.
    expect(result).toMatchObject({
      code: 'CRASH_IMPOSSIBLE',
      message: expect.stringMatching(
        /has changed since .* First divergence at step \d+, which is now: create \/data\/counter \(.*counter\.ts:\d+\)\. /,
      ),
    });
  });

  it('names it, too, where the run can still be played', async () => {
    const token = await tokenOf('no directory fsync');
    const suite = suiteOf('no directory fsync');
    // A look changes nothing on the disk: the power can still fail where it did.
    const boot: Suite['boot'] = async (env) => {
      await env.fs.stat('/');
      return await suite.boot(env);
    };
    const asItWas = await replay(token, [suite]);
    expect(asItWas).toMatchObject({ same: true });
    expect(asItWas).not.toHaveProperty('differsAt');
    const changed = await replay(token, [{ ...suite, boot }]);
    expect(changed).toMatchObject({
      same: false,
      differsAt: 1,
      trace: [{ operation: 'stat' }, ...changed.trace.slice(1)],
    });
  });
});

describe('firstDifferentStep', () => {
  it('differ where the first byte does, or where one of them ends', () => {
    const of = (...bytes: number[]): string => Buffer.from(bytes).toString('base64url');
    expect(firstDifferentStep(of(1, 2, 3), of(1, 2, 3))).toBeUndefined();
    expect(firstDifferentStep(of(1, 2, 3), of(1, 9, 3))).toBe(2);
    expect(firstDifferentStep(of(1, 2), of(1, 2, 3))).toBe(3);
    expect(firstDifferentStep(of(), of(1))).toBe(1);
  });
});
