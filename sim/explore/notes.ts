/** Notes: what a result's reader should know of the runs behind it, though it breaks nothing. Each is told once. */
import type { Note } from '../result.js';
import type { UncontrolledEffect } from '../uncontrolled/guarded-life.js';
import type { LifeRecord } from './live.js';

const refusalCaught = ({ what, site, instead }: UncontrolledEffect): Note => {
  const advice = instead === undefined ? '' : ` To use it under simulation, ${instead}.`;
  const message = `${what} was refused at ${site}. The program caught the error and ran without it.${advice}`;
  return { code: 'REFUSAL_CAUGHT', message };
};

/** Both lists in their order; what is in both is kept where it first came. */
export const joinNotes = (left: readonly Note[], right: readonly Note[]): readonly Note[] => {
  const known = new Set(left.map(({ message }) => message));
  const added: Note[] = [];
  for (const note of right) {
    if (known.has(note.message)) continue;
    known.add(note.message);
    added.push(note);
  }
  return added.length === 0 ? left : [...left, ...added];
};

/** What there is to note about one life. */
export const notesOf = ({ world }: LifeRecord): readonly Note[] =>
  joinNotes([], world.refusals.survived.map(refusalCaught));
