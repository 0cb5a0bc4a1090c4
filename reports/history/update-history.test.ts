import { describe, expect, it } from 'vitest';
import { EMPTY_HISTORY, type FindingState, type History } from './history.js';
import { campaignOn, type Given, identityOf, passes, SUITE, violation } from './testing/campaigns.js';
import { updated } from './update-history.js';

/** The history after campaigns on successive days. */
const historyOf = (...campaigns: readonly Given[]): History =>
  campaigns.reduce<History>(
    (history, given, index) => updated(history, campaignOn(index + 1, given)).history,
    EMPTY_HISTORY,
  );

const statesOf = ({ findings }: History): Record<string, FindingState> =>
  Object.fromEntries(findings.map(({ identity, state }) => [identity[0], state]));

const A: Given = { violations: [violation('a')] };
const B = violation('b', { invariant: 'order' });
const GREEN: Given = { replays: [passes('a')] };

describe('updated: the state of a finding', () => {
  it('is new when it is first seen, and ongoing when it is seen again', () => {
    expect(statesOf(historyOf({}, A))).toEqual({ a: 'new' });
    expect(statesOf(historyOf(A, A))).toEqual({ a: 'ongoing' });
  });

  it('is resolved after no less effort without it, and regressed when it is seen again', () => {
    expect(statesOf(historyOf(A, GREEN))).toEqual({ a: 'resolved' });
    expect(statesOf(historyOf(A, GREEN, GREEN))).toEqual({ a: 'resolved' });
    expect(statesOf(historyOf(A, GREEN, A))).toEqual({ a: 'regressed' });
    expect(statesOf(historyOf(A, GREEN, A, A))).toEqual({ a: 'ongoing' });
    expect(statesOf(historyOf(A, GREEN, A, GREEN))).toEqual({ a: 'resolved' });
  });

  it.each<[string, Given]>([
    ['its run was not played', {}],
    ['its run still fails', { replays: [{ identity: identityOf('a'), outcome: 'fails' }] }],
    ['fewer random runs were made', { ...GREEN, runs: 199 }],
    ['fewer workloads were explored', { ...GREEN, workloads: 7 }],
    ['fewer crashes were explored', { ...GREEN, depth: 19 }],
    ['another disk was explored', { ...GREEN, suite: { disk: 'process-kill' } }],
    ['the suite is undecided', { ...GREEN, suite: { verdict: 'undecided' } }],
    ['its invariant is broken by another finding', { ...GREEN, violations: [violation('c')] }],
    ['its invariant is broken by a finding without identity', { ...GREEN, violations: [unidentified()] }],
  ])('stays ongoing where %s', (_, given) => {
    expect(statesOf(historyOf(A, given))).toMatchObject({ a: 'ongoing' });
  });

  it('is resolved although another invariant is broken', () => {
    expect(statesOf(historyOf(A, { ...GREEN, violations: [B] }))).toEqual({ a: 'resolved', b: 'new' });
  });

  it("is resolved where its run can't be played any more", () => {
    const replays = [{ identity: identityOf('a'), outcome: 'unplayable' }] as const;
    expect(statesOf(historyOf(A, { replays }))).toEqual({ a: 'resolved' });
  });

  it('stays as it is where its suite was not explored', () => {
    const other = historyOf(A, GREEN, { suite: { name: 'another' } });
    expect(statesOf(other)).toEqual({ a: 'resolved' });
    expect(statesOf(historyOf(A, { suite: { name: 'another' } }))).toEqual({ a: 'new' });
  });

  it('is regressed where only its own run fails', () => {
    const fails = { identity: identityOf('a'), outcome: 'fails', violation: violation('a') } as const;
    expect(statesOf(historyOf(A, GREEN, { replays: [fails] }))).toEqual({ a: 'regressed' });
    const otherwise = { ...fails, violation: violation('c') };
    expect(statesOf(historyOf(A, GREEN, { replays: [otherwise] }))).toEqual({ a: 'resolved', c: 'new' });
  });

  it('has no finding of a suite that is expected to fail', () => {
    expect(historyOf({ ...A, suite: { expected: 'unsafe' } })).toMatchObject({
      findings: [],
      campaigns: [{ suites: [{ verdict: 'violated', findings: [] }] }],
    });
  });
});

describe('updated: what is known of a finding', () => {
  it('counts campaigns and sightings of one bug found 500 times as one finding', () => {
    const { findings, campaigns } = historyOf(...Array.from({ length: 500 }, () => A));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ state: 'ongoing', campaigns: 500, seen: 1500 });
    expect(campaigns).toHaveLength(500);
  });

  it('says when it was first and last seen, and since when its state holds', () => {
    const { findings } = historyOf(A, A, GREEN, GREEN, A, A);
    expect(findings).toMatchObject([
      {
        suite: SUITE,
        first: { commit: '0000001' },
        last: { commit: '0000006' },
        since: { commit: '0000005' },
        regressions: 1,
        campaigns: 4,
      },
    ]);
  });

  it('has the smallest run that fails', () => {
    const run = (token: string, commands: number): Given => ({
      violations: [violation('a', { token, commands })],
    });
    const tokenAfter = (...campaigns: readonly Given[]): string | undefined =>
      historyOf(...campaigns).findings[0]?.token;
    expect(tokenAfter(run('large', 9), run('small', 2), run('medium', 5))).toBe('small');
    // The smallest one no longer shows it.
    expect(tokenAfter(run('small', 2), { ...run('large', 9), ...GREEN })).toBe('large');
  });

  it('lists what a campaign changed, but not what stays resolved', () => {
    const history = historyOf(A, { ...GREEN, violations: [B] });
    const { changes } = updated(history, campaignOn(3, { replays: [passes('a')], violations: [B] }));
    expect(changes.map(({ finding, before }) => [finding.identity[0], before, finding.state])).toEqual([
      ['b', 'new', 'ongoing'],
    ]);
  });
});

function unidentified() {
  const { identity: _, ...rest } = violation('c');
  return rest;
}
