import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_HISTORY, type History } from './history.js';
import {
  campaignFileName,
  findingFileName,
  printCampaign,
  printFinding,
  readCampaign,
  readFinding,
} from './history-files.js';
import { campaignOn, passes, violation } from './testing/campaigns.js';
import { updated } from './update-history.js';

const campaigns = [
  campaignOn(1, { violations: [violation('a')] }),
  campaignOn(2, { replays: [passes('a')], violations: [violation('b', { invariant: 'order' })] }),
];
const history: History = campaigns.reduce(
  (before, campaign) => updated(before, campaign).history,
  EMPTY_HISTORY,
);
const [finding] = history.findings;
const [campaign] = history.campaigns;
if (finding === undefined || campaign === undefined) throw new Error('The history is empty.');

describe('readFinding and readCampaign', () => {
  it('give back what was printed', () => {
    for (const one of history.findings)
      expect(readFinding(findingFileName(one), printFinding(one))).toEqual(one);
    for (const one of history.campaigns)
      expect(readCampaign(campaignFileName(one), printCampaign(one))).toEqual(one);
  });

  it('take nothing for what it is not, whatever was changed in the text', () => {
    const texts = [printFinding(finding), printCampaign(campaign)];
    const change = fc.record({
      text: fc.constantFrom(...texts),
      at: fc.nat(Math.max(...texts.map(({ length }) => length))),
      length: fc.nat(40),
      by: fc.oneof(
        fc.string({ maxLength: 20, unit: 'binary' }),
        fc.constantFrom('}', '{"__proto__":1}', '-1', '1e999', '1e300', '<<<<<<< HEAD\n', '\u202e', '../..'),
      ),
    });
    fc.assert(
      fc.property(change, ({ text, at, length, by }) => {
        const changed = text.slice(0, at) + by + text.slice(at + length);
        const known = readFinding(findingFileName(finding), changed);
        if (known !== undefined) {
          expect(known.identity).toBe(finding.identity);
          expect(Number.isSafeInteger(known.seen + known.campaigns)).toBe(true);
          // What is read can be written, and read again.
          expect(readFinding(findingFileName(known), printFinding(known))).toEqual(known);
        }
        const read = readCampaign(campaignFileName(campaign), changed);
        // Its name is a hash of all that is in it.
        if (read !== undefined) expect(read).toEqual(campaign);
      }),
      { seed: 20, numRuns: 3_000 },
    );
  });

  it.each([
    ['another version', { version: 2 }],
    ['no identity', { identity: 'a' }],
    ['a path as its identity', { identity: '../../../../etc/passw' }],
    ['an unknown state', { state: 'gone' }],
    ['a commit that is none', { first: { commit: '$(id)', time: finding.first.time } }],
    ['a time that is none', { last: { time: '2030-13-45T99:99:99.999Z' } }],
    ['a negative count', { seen: -1 }],
    ['more than it should', { more: 1 }],
  ])('readFinding refuses %s', (_, change) => {
    const value: unknown = JSON.parse(printFinding(finding));
    const text = JSON.stringify({ ...Object(value), ...change });
    expect(readFinding(findingFileName(finding), text)).toBeUndefined();
  });

  it('readFinding refuses a finding under the name of another', () => {
    const name = findingFileName({ identity: 'c'.repeat(16) });
    expect(readFinding(name, printFinding(finding))).toBeUndefined();
  });
});
