/** An error that ended a command or a watched run: one line on stderr. */
import { harmless, harmlessLine } from '../../reports/format.js';
import { messageWithCode } from '../usage-error.js';
import type { Output, Variables } from './terminal.js';

interface Place {
  readonly stderr: Output;
  readonly variables: Variables;
}

/** POWERCUT_DEBUG=1 adds the stack. */
export const tellError = (thrown: unknown, { stderr, variables }: Place): void => {
  stderr.write(`powercut: ${harmlessLine(messageWithCode(thrown))}\n`);
  if (variables.POWERCUT_DEBUG === '1' && thrown instanceof Error)
    stderr.write(`${harmless(String(thrown.stack))}\n`);
};
