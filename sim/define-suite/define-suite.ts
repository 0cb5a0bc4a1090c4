/** Where a suite enters the simulator: its parts are checked once, so that an error names the line of the mistake. */

import { caller } from '../life/call-sites/call-site.js';
import type { Json, Suite, SuiteDefinition } from '../suite/suite.js';
import { isSuite, registerSuite, suiteTitle } from '../suite/suite-registry.js';
import { codedError, SimulatorError } from '../util/errors.js';
import { flawOfSuite, partsOfSuite } from './suite-parts.js';

const flawIn = (definition: object, title: string): SimulatorError | undefined => {
  try {
    const flaw = flawOfSuite(definition);
    return flaw === undefined ? undefined : codedError('SUITE_INVALID', `${title} ${flaw}.`);
  } catch (error) {
    if (error instanceof SimulatorError) return codedError(error.code, `${title}: ${error.message}`, error);
    return codedError('SUITE_INVALID', `${title} has a part that can't be read: ${String(error)}.`, error);
  }
};

/**
 * Checks a suite's definition and makes it fit for the explorers. Returns a frozen copy of its parts: the command line
 * accepts nothing else as a suite.
 *
 * @example
 * ```ts title="note.suite.ts"
 * import { defineSuite, fc } from 'powercut';
 *
 * export default defineSuite({
 *   name: 'a note survives power cuts',
 *   boot: async ({ fs }) => {
 *     const notes = await fs.open('/notes', 'a');
 *     await (await fs.open('/', 'r')).sync(); // the new name, too, is durable only when its directory is synced
 *     return {
 *       add: async (text: string) => {
 *         await notes.appendFile(text);
 *         await notes.datasync();
 *       },
 *       all: () => fs.readFile('/notes', 'utf8'),
 *     };
 *   },
 *   commands: fc.array(fc.constant('x'), { minLength: 1, maxLength: 3 }),
 *   perform: (notes, text) => notes.add(text),
 *   invariants: [
 *     {
 *       name: 'durability',
 *       statement: 'Every acknowledged note is there.',
 *       check: async ({ commands }, notes) => {
 *         const acknowledged = commands.filter(({ outcome }) => outcome.status === 'acknowledged').length;
 *         const found = (await notes.all()).length;
 *         return found < acknowledged ? `${acknowledged} notes were acknowledged, and ${found} are there` : undefined;
 *       },
 *     },
 *   ],
 * });
 * ```
 * @throws SimulatorError 'SUITE_INVALID' for a part that is missing, unknown or of the wrong kind, 'UNKNOWN_DISK_MODEL',
 *   'SECTOR_SIZE', 'FAULT_IMPOSSIBLE', 'PATH_OUTSIDE_DISK'. Each names the suite, the part, and the line of the call.
 */
export const defineSuite = <System, Command, Result = unknown, Effect = Json, Observed = unknown>(
  definition: SuiteDefinition<System, Command, Result, Effect, Observed>,
): Suite => {
  const site = caller()?.site;
  if (typeof definition !== 'object' || definition === null) {
    throw codedError(
      'SUITE_INVALID',
      `defineSuite needs an object with the parts of a suite${site === undefined ? '' : ` (${site})`}.`,
    );
  }
  const { name } = definition;
  const title =
    typeof name === 'string' && name.trim() !== ''
      ? suiteTitle(name, site)
      : `A suite without a name${site === undefined ? '' : ` (${site})`}`;
  const flaw = flawIn(definition, title);
  if (flaw !== undefined) throw flaw;
  // The explorers pass a system and commands only back to the suite they came from, so its own types may be forgotten.
  const suite = Object.freeze(partsOfSuite(definition)) as unknown as Suite;
  registerSuite(suite, site);
  return suite;
};

/** `suite` where `defineSuite` has made it; otherwise what it makes of it: a copy that was changed is checked again. */
export const checkedSuite = (suite: Suite): Suite => (isSuite(suite) ? suite : defineSuite(suite));
