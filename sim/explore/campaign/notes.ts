/** Notes: what a result's reader should know of the runs behind it, though it breaks nothing. Each is told once. */

import type { UncontrolledEffect } from '../../guard/guarded-life.js';
import type { LifeRecord } from '../../life/run-life.js';
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
