/** Where a suite enters the simulator: its parts are checked once, so that a mistake is told where it was made. */

import { checkFaultPlan } from './disk/fault-plan.js';
import { diskModel } from './disk/models.js';
import { codedError } from './errors.js';
import type { Suite, SuiteDefinition } from './suite.js';
import { isLanguage, isTimeZone, localeOf } from './uncontrolled/locale.js';

const invalid = (name: string, what: string): Error =>
  codedError('SUITE_INVALID', `Suite '${name}' ${what}.`);

/**
 * Checks a suite's definition and makes it fit for the explorers.
 *
 * @example
 * ```ts
 * import { defineSuite, fc } from 'powercut';
 *
 * export default defineSuite({
 *   name: 'a note survives power cuts',
 *   boot: async (env) => {
 *     await env.fs.appendFile('/notes', '');
 *     return { add: (text: string) => env.fs.appendFile('/notes', text, { flush: true }) };
 *   },
 *   commands: fc.array(fc.constant('x'), { minLength: 1, maxLength: 3 }),
 *   perform: (notes, text) => notes.add(text),
 *   invariants: [],
 * });
 * ```
 * @throws PowercutError 'SUITE_INVALID' for a part that is missing or of the wrong kind, 'UNKNOWN_DISK_MODEL',
 *   'SECTOR_SIZE', 'FAULT_IMPOSSIBLE', 'PATH_OUTSIDE_DISK'
 */
export const defineSuite = <System, Command>(definition: SuiteDefinition<System, Command>): Suite => {
  const {
    name,
    boot,
    perform,
    invariants,
    commands,
    disk,
    clients,
    sectorBytes,
    faults = [],
    locale,
  } = definition;
  if (typeof name !== 'string' || name.trim() === '')
    throw codedError('SUITE_INVALID', "A suite needs a 'name'.");
  for (const [part, value] of Object.entries({ boot, perform })) {
    if (typeof value !== 'function') throw invalid(name, `needs a function '${part}'`);
  }
  if (typeof commands?.generate !== 'function')
    throw invalid(name, "needs 'commands', a fast-check arbitrary of a list");
  if (!Array.isArray(invariants)) throw invalid(name, "needs a list of 'invariants'");
  const names = invariants.map((invariant) => invariant.name);
  const twice = names.find((invariant, index) => names.indexOf(invariant) !== index);
  if (twice !== undefined) throw invalid(name, `has two invariants named '${twice}'`);
  if (clients !== undefined && !(Number.isInteger(clients) && clients >= 1 && clients <= 64)) {
    throw invalid(name, "needs a whole number from 1 to 64 as 'clients'");
  }
  const { timeZone, language } = localeOf(locale);
  if (!isTimeZone(timeZone)) throw invalid(name, `has an unknown time zone, '${timeZone}'`);
  if (!isLanguage(language)) throw invalid(name, `has an unknown language, '${language}'`);
  diskModel(disk ?? 'posix', sectorBytes);
  for (const plan of faults) checkFaultPlan(plan);
  // The explorers pass a system and commands only back to the suite they came from, so its own types may be forgotten.
  return definition as unknown as Suite;
};
