/** Notes: facts about the runs that a reader of the result should know, though they break nothing. Each appears once. */

import type { LifeRecord } from '../../life/life-record.js';
import type { UncontrolledEffect } from '../../process/uncontrolled-effect.js';
import type { Note } from '../../result/result.js';

const refusalCaught = ({ what, site, instead }: UncontrolledEffect): Note => {
  const advice = instead === undefined ? '' : ` To use it under simulation, ${instead}.`;
  const message = `${what} was refused at ${site}. The program caught the error and ran without it.${advice}`;
  return { code: 'REFUSAL_CAUGHT', message };
};

/** What there is to note about one life: what it met, and what the world noted of it. */
export const notesOf = ({ world }: LifeRecord): readonly Note[] => [
  ...world.notes,
  ...world.refusals.survived.map(refusalCaught),
];

const byCodeAndMessage = (a: Note, b: Note): number => {
  const [left, right] = [a, b].map(({ code, message, site }) =>
    [code, message, site?.file ?? '', String(site?.line ?? 0).padStart(9, '0')].join('\u0000'),
  );
  return left === right ? 0 : (left ?? '') < (right ?? '') ? -1 : 1;
};

/** Sorted and without doubles. */
export const distinctNotes = <One extends Note>(notes: readonly One[]): readonly One[] => {
  const sorted = [...notes].sort(byCodeAndMessage);
  return sorted.filter((note, index) => {
    const before = sorted[index - 1];
    return before === undefined || byCodeAndMessage(before, note) !== 0;
  });
};
