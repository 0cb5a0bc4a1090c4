/** 10. When nothing is left to do, each read model equals a fresh fold of the whole log. */
import { firstDifference, inWords } from '../observation/json-diff.js';
import { firstWrong, fromRule } from './rule.js';

/** Compares each read model with a fresh fold of the whole log. */
export const projectionEquality = fromRule({
  name: 'projection-equality',
  statement: 'When nothing is left to do, each read model equals a fresh fold of the whole log.',
  broken: ({ readModels }) =>
    firstWrong(readModels, ({ name, durability, state, fresh }) => {
      const difference = firstDifference(state, fresh);
      if (difference === undefined) return undefined;
      const place = difference.path === '' ? '' : ` for ${difference.path}`;
      return {
        message: `the ${durability} read model ${name} shows ${inWords(difference.left)}${place}, but the log says ${inWords(difference.right)}: its users see old data`,
        expected: fresh,
        actual: state,
      };
    }),
});
