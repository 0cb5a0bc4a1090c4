import { expect, it } from 'vitest';
import { gistOf } from './short-story.js';

it('gistOf leaves out the steps of the program and all other violations', () => {
  const story = [
    'The program starts on an empty disk.',
    'The client sends: "add".',
    '    create /count (counter.suite.ts:7)',
    'THE POWER FAILS before the client gets the answer.',
    'Lost (never fsynced): /count bytes 0–511.',
    'BROKEN: durability. Every acknowledged addition is counted.',
    'What is wrong: 0 were acknowledged, but it says NaN.',
    'Broken by the same: order.',
    'The client does not know the outcome and retries: "add".',
    'Also broken: retry: it says NaN.',
  ];
  expect(gistOf(story.join('\n'))).toEqual([1, 3, 4, 5, 6].map((line) => story[line]));
});

it('gistOf: of a long story only its end', () => {
  const asked = Array.from({ length: 30 }, (_, index) => `The client sends: ${index}.`);
  const gist = gistOf([...asked, 'BROKEN: rests.'].join('\n'));
  expect(gist).toHaveLength(8);
  expect([gist[0], gist.at(-2), gist.at(-1)]).toEqual(['…', 'The client sends: 29.', 'BROKEN: rests.']);
});

it('gistOf names the disk only where something that was written is missing', () => {
  const found = 'The program restarts. The disk holds /count (empty).';
  const safe = 'Nothing is lost: every write is durable.';
  const lost = 'Lost (never fsynced): /count size 1 B.';
  expect(gistOf([safe, found].join('\n'))).toEqual([safe]);
  expect(gistOf([lost, found].join('\n'))).toEqual([lost, found]);
});
