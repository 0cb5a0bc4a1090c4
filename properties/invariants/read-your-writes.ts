/** 14. When `waitFor(position)` resolves, the read model includes it; on stop or timeout it rejects. */
import { firstWrong, fromRule } from './rule.js';

/** Checks every wait for a position against what the read model then included. */
export const readYourWrites = fromRule({
  name: 'read-your-writes',
  statement:
    'When a wait for a position resolves, the read model includes it; on stop or timeout it rejects.',
  broken: ({ waits }) =>
    firstWrong(waits, ({ model, position, outcome, included, stopped }) => {
      if (outcome === 'rejected') return undefined;
      if (included < position) {
        return `a wait until ${model} includes position ${position} resolved when it ${included === 0 ? 'did not' : `included only ${included}`}`;
      }
      return stopped ? `a wait for position ${position} of ${model} resolved after the stop` : undefined;
    }),
});
