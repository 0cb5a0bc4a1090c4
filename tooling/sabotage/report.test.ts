import { describe, expect, it } from 'vitest';
import type { Attack } from '../../properties/sabotage/explore-mutant.js';
import type { Sabotage } from '../../properties/sabotage/sabotage.js';
import { described, type Entry, summaryOf, survivorsOf } from './report.js';
import type { Fate } from './run.js';

const sabotage = (changes: Partial<Sabotage> = {}): Sabotage => ({
  name: 'log: acknowledges without a sync',
  row: 'no fsync before the acknowledgement',
  patches: [],
  suites: ['s'],
  killedBy: ['durability'],
  ...changes,
});

const attack = (changes: Partial<Attack> = {}): Attack => ({
  suite: 's',
  images: 3,
  runs: 2,
  seconds: 0.25,
  ...changes,
});

const violation = { invariant: 'durability', message: 'lost', commands: 1, crashes: 1, story: 'It broke.' };

const killed = (seconds: number): Fate => {
  const by = attack({ seconds, violation });
  return { kind: 'killed', attacks: [by], by };
};

const survived: Fate = { kind: 'survived', attacks: [attack()] };

const entry = (fate: Fate, changes: Partial<Sabotage> = {}): Entry => ({ sabotage: sabotage(changes), fate });

describe('summaryOf', () => {
  it('counts kills and finds their median', () => {
    const summary = summaryOf([entry(killed(3)), entry(killed(0.1)), entry(killed(0.2))]);
    expect(summary).toEqual({ planted: 3, killed: 3, medianSeconds: 0.2, slowestSeconds: 3, complaints: [] });
  });

  it('adds up what all suites took, up to the one that killed', () => {
    const by = attack({ violation });
    const { medianSeconds } = summaryOf([entry({ kind: 'killed', attacks: [attack(), by], by })]);
    expect(medianSeconds).toBe(0.5);
  });

  it('complains about a survivor that nobody explained, and about an explanation that is wrong', () => {
    expect(summaryOf([entry(survived)]).complaints).toEqual([
      expect.stringContaining('nobody has explained why'),
    ]);
    expect(summaryOf([entry(survived, { survives: 'redundant' })]).complaints).toEqual([]);
    expect(summaryOf([entry(killed(1), { survives: 'redundant' })]).complaints).toEqual([
      expect.stringContaining('was killed, though the gallery says that nothing can: redundant'),
    ]);
  });

  it('complains about a sabotage that could not be explored', () => {
    expect(summaryOf([entry({ kind: 'failed', why: 'no answer' })]).complaints).toEqual([
      "'log: acknowledges without a sync' could not be explored: no answer",
    ]);
  });
});

describe('described', () => {
  it('says what killed it, after how much, and how it came about', () => {
    expect(described(entry(killed(0.25)))).toMatchInlineSnapshot(`
      "killed    log: acknowledges without a sync
          by durability of s, after 3 images, 2 random runs, 0.25 s; in 1 commands, 1 power cuts:
            It broke."
    `);
  });

  it('leaves out the middle of a long story', () => {
    const story = Array.from({ length: 40 }, (_, line) => `line ${line}`).join('\n');
    const by = attack({ violation: { ...violation, story } });
    const text = described(entry({ kind: 'killed', attacks: [by], by }));
    expect(text).toContain('line 0');
    expect(text).toContain('28 more lines');
    expect(text).toContain('line 39');
    expect(text).not.toContain('line 20');
  });

  it('says why a survivor could', () => {
    expect(described(entry(survived, { survives: 'it was redundant' }))).toContain(
      'it was redundant (s: 3 images',
    );
    expect(described(entry(survived))).toContain('UNEXPLAINED');
  });
});

describe('survivorsOf', () => {
  it('are told with the place that was patched, and with why nothing kills them', () => {
    const patches = [{ file: 'src/a.ts', find: 'await sync();', replace: '' }];
    const sources = new Map([['src/a.ts', 'one();\ntwo();\nawait sync();\n']]);
    const told = survivorsOf(
      [entry(killed(1), { patches }), entry(survived, { patches, survives: 'it was redundant' })],
      sources,
    );
    const name = 'log: acknowledges without a sync';
    expect(told).toEqual([{ name, file: 'src/a.ts', line: 3, explanation: 'it was redundant' }]);
  });
});
