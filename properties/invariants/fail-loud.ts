/** 15. A malformed, foreign or beyond-head checkpoint is a typed error, never "start at 0". */
import { firstWrong, fromRule } from './rule.js';

/** Checks that a start on a damaged checkpoint was refused with a typed error. */
export const failLoud = fromRule({
  name: 'fail-loud',
  statement:
    'A malformed, foreign or beyond-head checkpoint is a typed error, never a start from the beginning.',
  broken: ({ starts }) =>
    firstWrong(starts, ({ damage, refusedWith }) => {
      if (refusedWith === undefined) return `the feeder started on a checkpoint that ${damage}`;
      return refusedWith === ''
        ? `the checkpoint that ${damage} was refused with an error that has no code`
        : undefined;
    }),
});
