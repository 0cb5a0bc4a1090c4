import { expect, it } from 'vitest';
import { gistOf } from './short-story.js';

it('the gist of a story leaves out what the program did, and what else is broken', () => {
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

it('the gist of a long story is its end', () => {
  const asked = Array.from({ length: 30 }, (_, index) => `The client sends: ${index}.`);
  const gist = gistOf([...asked, 'BROKEN: rests.'].join('\n'));
  expect(gist).toHaveLength(8);
  expect([gist[0], gist.at(-2), gist.at(-1)]).toEqual(['…', 'The client sends: 29.', 'BROKEN: rests.']);
});

it('the gist says what was found on the disk only where that is not all that had been written', () => {
  const found = 'The program restarts. The disk holds /count (empty).';
  const safe = 'Nothing is lost: every write is durable.';
  const lost = 'Lost (never fsynced): /count size 1 B.';
  expect(gistOf([safe, found].join('\n'))).toEqual([safe]);
  expect(gistOf([lost, found].join('\n'))).toEqual([lost, found]);
});
