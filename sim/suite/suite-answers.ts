/**
 * What a suite's own functions answer, checked. A mistake in one of them ends the exploration of the suite with an error that
 * names the part: it is no broken invariant, and no check that passed.
 */
import { inspect } from 'node:util';
import { messageShortened, thrownText } from '../util/errors.js';
import { isRecord } from '../util/is-record.js';
import { findNotJson, notJsonPhrase } from './assert-json.js';
import type { Discrepancy, Json, Outcome, Suite, SuiteInvariant } from './suite.js';
import { suiteError } from './suite-registry.js';

const shown = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' ? 'an object' : String(value);
};

/** What `perform` resolved to. A bigint becomes a string of its digits. @throws SimulatorError 'RESULT_NOT_JSON' */
export const acknowledgement = (suite: Suite, result: unknown): Outcome<Json> => {
  if (result === undefined) return { status: 'acknowledged', result: null };
  const found = findNotJson(result, '-0 and bigint');
  if (found !== undefined) {
    const cure =
      'A result is JSON, so that a history can hold it: return only the answer for the client, or nothing';
    throw suiteError(
      suite,
      'RESULT_NOT_JSON',
      `has a result of 'perform' that is not JSON: ${notJsonPhrase(found)}. ${cure}`,
    );
  }
  const text = JSON.stringify(result, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  return { status: 'acknowledged', result: JSON.parse(text) as Json }; // printed from JSON just now
};

/** What a check found wrong. */
export interface Fault {
  readonly message: string;
  readonly expected?: Json;
  readonly actual?: Json;
}

/** A state longer than this many characters of JSON is kept as the beginning of its JSON text. */
const STATE_CHARACTERS_MAX = 20_000;

/** How a state that is not JSON is printed: without a call of anything that the program defined. */
const PRINTED = {
  depth: 6,
  customInspect: false,
  getters: false,
  breakLength: Number.POSITIVE_INFINITY,
} as const;

const shortened = (text: string): string =>
  text.length > STATE_CHARACTERS_MAX ? `${text.slice(0, STATE_CHARACTERS_MAX)}…` : text;

/** False also where a member throws when it is read: such a state is printed without reading it. */
const isJson = (value: unknown): boolean => {
  try {
    return findNotJson(value, '-0') === undefined;
  } catch {
    return false;
  }
};

/** A state that a check shows: a copy, as the program may change its own. One that is not JSON is kept as text, such as 'NaN'. */
const stateOf = (value: unknown): Json => {
  if (!isJson(value)) return shortened(inspect(value, PRINTED));
  const text = JSON.stringify(value);
  return text.length > STATE_CHARACTERS_MAX ? shortened(text) : (JSON.parse(text) as Json); // printed from JSON just now
};

const isDiscrepancy = (answer: unknown): answer is Discrepancy =>
  isRecord(answer) && typeof answer.message === 'string' && 'expected' in answer && 'actual' in answer;

const messageOf = (text: string): string =>
  text === '' ? 'The check returned an empty sentence.' : messageShortened(text);

/** What an invariant's check returned. @throws SimulatorError 'CHECK_RETURNED_NON_STRING' */
export const faultOf = (
  suite: Suite,
  invariant: Pick<SuiteInvariant, 'name'>,
  answer: unknown,
): Fault | undefined => {
  if (answer === undefined) return undefined;
  if (typeof answer === 'string') return { message: messageOf(answer) };
  if (isDiscrepancy(answer))
    return {
      message: messageOf(answer.message),
      expected: stateOf(answer.expected),
      actual: stateOf(answer.actual),
    };
  throw suiteError(
    suite,
    'CHECK_RETURNED_NON_STRING',
    `has an invariant '${invariant.name}' whose check returned ${shown(answer)}. ` +
      'Return undefined when the invariant holds. When it does not, return a sentence on what is wrong, or { message, expected, actual }',
  );
};

/** What `observe` resolved to. @throws SimulatorError 'OBSERVED_NOT_JSON' */
export const observedOf = (suite: Suite, value: unknown): Json => {
  const found = findNotJson(value, '-0');
  if (found === undefined) return value as Json; // just found to be JSON
  throw suiteError(
    suite,
    'OBSERVED_NOT_JSON',
    `has an 'observe' that returned something that is not JSON: ${notJsonPhrase(found)}`,
  );
};

/** What `boot` resolved to. @throws SimulatorError 'BOOT_RETURNED_NOTHING' */
export const systemOf = (suite: Suite, system: unknown): unknown => {
  if (system !== undefined) return system;
  throw suiteError(
    suite,
    'BOOT_RETURNED_NOTHING',
    "has a 'boot' that returned undefined. Return the system that 'perform' and the invariants are given",
  );
};

/** Calls a part of the suite that must not throw. @throws SimulatorError 'SUITE_PART_FAILED' */
export const suitePart = (suite: Suite, part: string, call: () => unknown): unknown => {
  try {
    return call();
  } catch (error) {
    throw suiteError(suite, 'SUITE_PART_FAILED', `has a '${part}' that threw ${thrownText(error)}`, error);
  }
};

/** A command in the suite's words. @throws SimulatorError 'SUITE_PART_FAILED' */
export const labelOf = (suite: Suite, command: Json, otherwise: (command: Json) => string): string => {
  const { describe } = suite;
  if (describe === undefined) return otherwise(command);
  const label = suitePart(suite, 'describe', () => describe(command));
  if (typeof label === 'string') return label;
  throw suiteError(suite, 'SUITE_PART_FAILED', `has a 'describe' that returned ${shown(label)}, and no text`);
};

/** The program's own costs. @throws SimulatorError 'SUITE_PART_FAILED' */
export const costsOfSystem = (suite: Suite, system: unknown): Readonly<Record<string, number>> => {
  const { costs } = suite;
  if (costs === undefined) return {};
  const answer = suitePart(suite, 'costs', () => costs(system));
  const [name, value] =
    (isRecord(answer) ? Object.entries(answer) : []).find(([, cost]) => !Number.isFinite(cost)) ?? [];
  if (isRecord(answer) && name === undefined) return answer as Record<string, number>; // each just found to be a number
  const what = isRecord(answer) ? `${shown(value)} for '${name}'` : shown(answer);
  throw suiteError(
    suite,
    'SUITE_PART_FAILED',
    `has a 'costs' that returned ${what}: costs are finite numbers by name`,
  );
};

/** Whether an invariant says that it could fail. @throws SimulatorError 'SUITE_PART_FAILED' */
export const isAtStake = (
  suite: Suite,
  { name, atStake }: SuiteInvariant,
  ...about: Parameters<NonNullable<SuiteInvariant['atStake']>>
): boolean =>
  atStake !== undefined && suitePart(suite, `atStake of '${name}'`, () => atStake(...about)) === true;
