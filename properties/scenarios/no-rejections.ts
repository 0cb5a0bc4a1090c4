/** The scenarios send only commands that must succeed. So every refusal is a violation, whatever its error. */
import type { Invariant, Json } from '../../sim/suite/suite.js';
import { usable } from '../invariants/index.js';

export const answered = <System, Command extends Json>(
  describe: (command: Command) => string,
): Invariant<System, Command> =>
  usable(async (_, { commands }) =>
    commands.flatMap(({ command, outcome }) => {
      if (outcome.status !== 'rejected') return [];
      const { name, message } = outcome.error;
      return [
        {
          did: describe(command),
          sees: '',
          outcome: { kind: 'refused', error: `${name}: ${message}` },
        } as const,
      ];
    }),
  );
