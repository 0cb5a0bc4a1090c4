/** The phrases that no user-visible text has, and the words to write instead. */

export interface Phrase {
  /** Global and case-insensitive. Words are separated by any white space, so a line may end within a phrase. */
  readonly pattern: RegExp;
  readonly instead: string;
}

const phrase = (source: string, instead: string): Phrase => ({
  pattern: new RegExp(`\\b${source.replaceAll(' ', '\\s+')}\\b`, 'gi'),
  instead,
});

/** A sentence that "what" begins and no question mark ends; a label of three words, such as "What is wrong:", is none. */
const whatAsSubject: Phrase = {
  pattern:
    /(?<=^(?:[-*>|]\s|\d+\.\s|\|\s)?(?:\*\*)?|[.!?;|]\s+)what\s(?!\S+\s+\S+:)(?:(?!\n\s*\n)[^.?|])*(?:\.|$)/gi,
  instead: 'the noun or the actor first: "lost writes are", not "what was lost is"',
};

/** The same in Markdown, where a heading or a cell may begin with "What" and every sentence ends with a full stop. */
const whatInMarkdown: Phrase = {
  pattern:
    /(?<=(?:^|\n)(?:[-*>|] |\d+\. )?(?:\*\*)?|[.!?;]\s+|\| )what\s(?:(?!\n\s*\n)[^.?|])*\.(?=\s|$|\*)/gi,
  instead: whatAsSubject.instead,
};

const everywhere: readonly Phrase[] = [
  phrase('(?:is|are|was|were|be|been|being) told', 'the actor: "receives", "gets", "reports"'),
  phrase('(?:is|are|was|were|be|been|being) asked', 'the actor: "the client sends", "the caller passes"'),
  phrase('whoever', '"the caller", "a process that"'),
  phrase('nobody', 'the subject: "no reader", "no process", "no other user"'),
  phrase('anew', '"again", or a verb with re-: "rebuilt"'),
  phrase('such that', '"so that", "with"'),
  phrase('by way of', '"through"'),
  phrase('c(?:ome|omes|ame|oming) to', '"results in", "reaches", "becomes"'),
  phrase('of which', 'two sentences, or "where", "including"'),
  phrase('dear(?:er|est)?', '"expensive"'),
  phrase('so many', '"that many", or the number'),
  phrase('all the same', '"still", "nevertheless"'),
  phrase('in its turn', '"then", "also"'),
  phrase('at rest', '"idle", "quiescent"'),
];

export const PHRASES_OF_MARKDOWN: readonly Phrase[] = [...everywhere, whatInMarkdown];
export const PHRASES_OF_STRINGS: readonly Phrase[] = [...everywhere, whatAsSubject];
