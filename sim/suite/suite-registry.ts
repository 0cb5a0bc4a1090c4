/**
 * Which objects are suites: those that `defineSuite` has checked, and where. Kept on the global object, so that several
 * copies of the package (a suite's own, the command line's) know each other's suites.
 */
import { codedError, type SimulatorError, type SimulatorErrorCode } from '../util/errors.js';
import type { Suite } from './suite.js';

/** By suite, the 'path:line' at which it was defined; '' where no line of a program was on the stack. */
type Registry = WeakMap<object, string>;

const KEY = Symbol.for('powercut.suites');

const registry = (): Registry => {
  const known: unknown = Reflect.get(globalThis, KEY);
  if (known instanceof WeakMap) return known;
  const made: Registry = new WeakMap();
  Object.defineProperty(globalThis, KEY, { value: made });
  return made;
};

export const registerSuite = (suite: Suite, site: string | undefined): void =>
  void registry().set(suite, site ?? '');

/** Whether `defineSuite`, of whichever copy of the package, has made this object. */
export const isSuite = (value: unknown): value is Suite =>
  typeof value === 'object' && value !== null && registry().has(value);

/** The 'path:line' at which a suite was defined; undefined where that is not known. */
export const siteOfSuite = (suite: Suite): string | undefined => registry().get(suite) || undefined;

/** A copy with other parts, defined where `suite` was. The parts must be sound: nothing is checked again. */
export const derivedSuite = (suite: Suite, changes: Partial<Suite>): Suite => {
  const derived = Object.freeze({ ...suite, ...changes });
  registerSuite(derived, registry().get(suite));
  return derived;
};

/** How errors name a suite: by its name and the line that defines it. */
export const suiteTitle = (name: string, site: string | undefined): string =>
  site === undefined || site === '' ? `Suite '${name}'` : `Suite '${name}' (${site})`;

/** A mistake in a suite that shows only when it is explored. `what`: 'returned ... from its check', a clause without subject. */
export const suiteError = (
  suite: Suite,
  code: SimulatorErrorCode,
  what: string,
  cause?: unknown,
): SimulatorError => codedError(code, `${suiteTitle(suite.name, registry().get(suite))} ${what}.`, cause);
