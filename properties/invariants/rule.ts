/** How an invariant is made from a rule: plain data in, what is wrong out. */
import type { CheckAnswer, CheckMoment, History, Invariant } from '../../sim/suite/suite.js';
import type { Observation, Observe } from '../observation/observation.js';

/** An invariant over observations alone. It never touches the system. */
export interface Rule {
  readonly name: string;
  readonly statement: string;
  /** Returns what is wrong, or undefined. Pure. */
  readonly broken: (observation: Observation, history: History<unknown>, moment: CheckMoment) => CheckAnswer;
}

/** An invariant that is a rule over one observation: it looks, and touches nothing. */
/** Before anything is acknowledged nothing was promised, so nothing can be lost, stale or out of order. */
export const anythingAcknowledged = ({ commands }: History<unknown>): boolean =>
  commands.some(({ outcome }) => outcome.status === 'acknowledged');

/** Makes an invariant of a rule. The invariant wants a function that observes the system. */
export const fromRule =
  (rule: Rule) =>
  <System, Command>(observe: Observe<System, Command>): Invariant<System, Command> => ({
    name: rule.name,
    statement: rule.statement,
    atStake: anythingAcknowledged,
    check: async (history, system, moment) => rule.broken(await observe(system, history), history, moment),
  });

/** The first thing that is wrong with any of `items`. */
export const firstWrong = <Item, Wrong>(
  items: Iterable<Item>,
  wrong: (item: Item) => Wrong | undefined,
): Wrong | undefined => {
  for (const item of items) {
    const message = wrong(item);
    if (message !== undefined) return message;
  }
  return undefined;
};
