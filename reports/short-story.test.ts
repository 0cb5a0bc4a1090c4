import { expect, it } from 'vitest';
import { gistOf } from './short-story.js';

it('the gist of a story leaves out what the program did, and what else is broken', () => {
  const story = [
    'The program starts on an empty disk.',
    'The client asks: "add".',
    '    create /count (counter.suite.ts:7)',
    'THE POWER FAILS before the client is told.',
    'Lost, as no fsync covered it: bytes 0 to 511 of /count.',
    'BROKEN: durability. Every acknowledged addition is counted.',
    'What is wrong: 0 were acknowledged, but it says NaN.',
    'Broken by the same: order.',
    'Not knowing whether it had happened, the client asks again: "add".',
    'Also broken: retry: it says NaN.',
  ];
  expect(gistOf(story.join('\n'))).toEqual([1, 3, 4, 5, 6].map((line) => story[line]));
});

it('the gist of a long story is its end', () => {
  const asked = Array.from({ length: 30 }, (_, index) => `The client asks: ${index}.`);
  const gist = gistOf([...asked, 'BROKEN: rests.'].join('\n'));
  expect(gist).toHaveLength(8);
  expect([gist[0], gist.at(-2), gist.at(-1)]).toEqual(['…', 'The client asks: 29.', 'BROKEN: rests.']);
});

it('the gist says what was found on the disk only where that is not all that had been written', () => {
  const found = 'The power comes back. On the disk the program finds /count (empty), and starts again.';
  const safe = 'Nothing is lost: all that had been written is safely on the disk.';
  const lost = 'Lost, as no fsync covered it: the size (1 B) of /count.';
  expect(gistOf([safe, found].join('\n'))).toEqual([safe]);
  expect(gistOf([lost, found].join('\n'))).toEqual([lost, found]);
});
