/** The client's commands, their outcomes, and outside effects, in sentences. */

import type { LifeRecord } from '../life/life-record.js';
import type { Step } from '../life/step.js';
import { type HistoryEvent, jsonIdentity } from '../suite/history.js';
import type { Json, Outcome, Suite } from '../suite/suite.js';
import type { Sites } from './describe-sites.js';

const ANSWER_CHARACTERS = 160;

/** '1 event', '2 events'. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const ORDINALS = [
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
];

const ORDINAL_RULES = new Intl.PluralRules('en', { type: 'ordinal' });
const ORDINAL_ENDINGS: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'st', two: 'nd', few: 'rd' };

const ordinal = (number: number): string =>
  ORDINALS[number - 1] ?? `${number}${ORDINAL_ENDINGS[ORDINAL_RULES.select(number)] ?? 'th'}`;

/** 'the third command', 'the 21st command', by its index from 0. */
export const commandAt = (index: number): string => `the ${ordinal(index + 1)} command`;

/** A message of someone else's may or may not end as a sentence does, or have been given an end once more. */
export const sentence = (text: string): string =>
  /[.!?…]["')]?$/.test(text) ? text.replace(/([.!?…])\.$/, '$1') : `${text}.`;

/** What the outside world learnt by a step, if anything. */
export const eventOf = (life: LifeRecord, step: Step): HistoryEvent | undefined => {
  // What a step that left nothing in the journal points to is the next one's.
  const entry =
    step.entriesEnd > step.entriesStart ? life.world.journal.entries[step.entriesStart] : undefined;
  return entry?.kind === 'observed' ? entry.event : undefined;
};

/** Tells of one run what the client and the outside world see, and where in the program calls were made. */
export class Conversation {
  private readonly commands = new Map<number, Json>();
  private readonly asked = new Set<number>();
  /** Asked, and not answered yet. */
  private readonly open = new Set<number>();

  constructor(
    private readonly suite: Suite,
    readonly sites: Sites,
  ) {}

  private command(index: number): string {
    const command = this.commands.get(index) ?? null;
    return this.suite.describe?.(command) ?? jsonIdentity(command);
  }

  /** A command among those that wait for an answer. */
  private named(index: number): string {
    const words = this.command(index);
    const isAlone = [...this.open].every((other) => other === index || this.command(other) !== words);
    return isAlone ? `"${words}"` : commandAt(index);
  }

  private answer(outcome: Outcome<Json>): string {
    if (outcome.status === 'unknown') return 'No answer comes.';
    if (outcome.status === 'rejected')
      return sentence(`The answer: refused, ${outcome.error.name}: ${outcome.error.message}`);
    const { result } = outcome;
    if (result === null) return 'The answer: done.';
    const text = this.suite.describeResult?.(result) ?? `done, ${jsonIdentity(result)}`;
    const isLong = text.length > ANSWER_CHARACTERS;
    return sentence(`The answer: ${isLong ? `${text.slice(0, ANSWER_CHARACTERS)}…` : text}`);
  }

  /** One sentence; none for what only the explorer sees. `waiting`: how many commands have no answer yet. */
  tell(event: HistoryEvent, waiting: number): string | undefined {
    switch (event.kind) {
      case 'sent': {
        const { index } = event;
        const again = this.asked.has(index);
        // What is said of a command later counts them in the order of the workload, in which several clients need not ask.
        const place = again || index === this.asked.size ? '' : `, as ${commandAt(index)}`;
        this.asked.add(index);
        this.open.add(index);
        this.commands.set(index, event.command);
        const words = this.command(index);
        return again
          ? `The client does not know the outcome and retries: ${words}.`
          : `The client sends${place}: ${words}.`;
      }
      case 'ended': {
        const answer = this.answer(event.outcome);
        this.open.delete(event.index);
        return waiting > 1
          ? answer.replace('answer:', () => `answer to ${this.named(event.index)}:`)
          : answer;
      }
      case 'effect':
        return sentence(`Seen outside: ${this.effect(event.effect)}`);
      default:
        return undefined;
    }
  }

  effect(effect: Json): string {
    return this.suite.describeEffect?.(effect) ?? jsonIdentity(effect);
  }
}
