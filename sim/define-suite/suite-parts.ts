/** The parts of a suite, each with what it must be: one table, from which `defineSuite` tells a mistake and its cure. */

import { diskModel } from '../disk/crash-model/disk-models.js';
import { isLanguage, isTimeZone, localeOf } from '../guard/patches/locale.js';
import { BUILT_IN } from '../suite/built-in-rules.js';
import { checkFaultPlan, type FaultPlan, type FaultSelector } from '../suite/fault-plan.js';
import { GAP_MS_MAX } from '../suite/limits.js';
import type { Locale } from '../suite/locale.js';
import type { ClockSettings, Invariant, Limits, Reachable, SuiteDefinition } from '../suite/suite.js';
import { isRecord } from '../util/is-record.js';

/** What is wrong with a value, as a clause without subject; undefined where nothing is. */
type Flaw = string | undefined;

type Check = (value: unknown) => Flaw;

const shown = (value: unknown): string => {
  if (typeof value === 'string') return `'${value.slice(0, 40)}'`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : `${String(value)}`;
};

const text =
  (part: string): Check =>
  (value) =>
    typeof value === 'string' && value.trim() !== ''
      ? undefined
      : `needs a text '${part}', not ${shown(value)}`;

const fn =
  (part: string): Check =>
  (value) =>
    typeof value === 'function' ? undefined : `needs a function '${part}', not ${shown(value)}`;

const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? undefined : check(value);

const oneOf =
  (part: string, ...allowed: readonly unknown[]): Check =>
  (value) =>
    allowed.includes(value)
      ? undefined
      : `needs ${allowed.map(shown).join(' or ')} as '${part}', not ${shown(value)}`;

const wholeNumber =
  (part: string, minimum: number, maximum: number): Check =>
  (value) =>
    Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum
      ? undefined
      : `needs a whole number from ${minimum} to ${maximum} as '${part}', not ${shown(value)}`;

const listOf =
  (part: string, item: (value: unknown, place: string) => Flaw): Check =>
  (value) => {
    if (!Array.isArray(value)) return `needs a list of '${part}', not ${shown(value)}`;
    for (const [index, one] of value.entries()) {
      const flaw = item(one, `${part}[${index}]`);
      if (flaw !== undefined) return flaw;
    }
    return undefined;
  };

const edits = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};

const EDITS_MAX = 2;

/** Own keys that are no part of `what`, the first one with the part that was probably meant. */
const unknownKey = (value: object, known: readonly string[], what: string): Flaw => {
  const key = Object.keys(value).find((one) => !known.includes(one));
  if (key === undefined) return undefined;
  const distance = (part: string): number => edits(key.toLowerCase(), part.toLowerCase());
  const [nearest] = [...known].sort((a, b) => distance(a) - distance(b));
  const meant = nearest !== undefined && distance(nearest) <= EDITS_MAX ? `: did you mean '${nearest}'?` : '';
  return `has an unknown ${what} '${key}'${meant}`;
};

const invariantParts: Readonly<Record<keyof Invariant<unknown, unknown>, (place: string) => Check>> = {
  name: (place) => text(`${place}.name`),
  statement: (place) => text(`${place}.statement`),
  check: (place) => fn(`${place}.check`),
  atStake: (place) => optional(fn(`${place}.atStake`)),
};

const invariant = (value: unknown, place: string): Flaw => {
  if (!isRecord(value))
    return `needs an object with name, statement and check as '${place}', not ${shown(value)}`;
  for (const [part, check] of Object.entries(invariantParts)) {
    const flaw = check(place)(value[part]);
    if (flaw !== undefined) return flaw;
  }
  const { name } = value;
  if (Object.hasOwn(BUILT_IN, String(name)))
    return `has an invariant '${name}', which is the name of a built-in rule: choose another name`;
  return unknownKey(value, Object.keys(invariantParts), `part of '${place}'`);
};

const invariants: Check = (value) => {
  const flaw = listOf('invariants', invariant)(value);
  if (flaw !== undefined || !Array.isArray(value)) return flaw;
  const names = value.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : `has two invariants named '${twice}'`;
};

const reachableParts: readonly (keyof Reachable<unknown>)[] = ['name', 'reached'];

const reachable = (value: unknown, place: string): Flaw => {
  if (typeof value === 'string') return text(place)(value);
  if (!isRecord(value)) return `needs the name of a mark, or an object with name and reached, as '${place}'`;
  return (
    text(`${place}.name`)(value.name) ??
    fn(`${place}.reached`)(value.reached) ??
    unknownKey(value, reachableParts, `part of '${place}'`)
  );
};

const FAULT_PARTS: readonly (keyof FaultPlan)[] = ['fault', 'at', 'code', 'delayMs'];
const SELECTOR_PARTS: readonly (keyof FaultSelector)[] = ['operation', 'path', 'site', 'nth', 'life'];

const plan: Check = (value) => {
  if (!isRecord(value)) return `needs a fault plan in 'faults', not ${shown(value)}`;
  const flaw =
    unknownKey(value, FAULT_PARTS, "part of a plan in 'faults'") ??
    (isRecord(value.at) ? unknownKey(value.at, SELECTOR_PARTS, "part of 'at' in 'faults'") : undefined);
  if (flaw !== undefined) return flaw;
  // Checks every field itself, and throws what is wrong with its own code.
  checkFaultPlan(value as unknown as FaultPlan);
  return undefined;
};

const disk: Check = (value) => {
  diskModel(typeof value === 'string' ? value : String(value));
  return undefined;
};

const commands: Check = (value) =>
  isRecord(value) && typeof value.generate === 'function'
    ? undefined
    : `needs 'commands', a fast-check arbitrary of a list, not ${shown(value)}`;

const MAX = Number.MAX_SAFE_INTEGER;

const LIMITS: Readonly<Record<keyof Limits, (place: string) => Check>> = {
  callsPerLife: (place) => wholeNumber(place, 1, MAX),
  patienceMs: (place) => wholeNumber(place, 1, MAX),
  livesPerWorkload: (place) => wholeNumber(place, 1, MAX),
  imagesPerCrashPoint: (place) => wholeNumber(place, 1, MAX),
  schedulesPerWorkload: (place) => wholeNumber(place, 1, MAX),
  commandsAfterCrash: (place) => wholeNumber(place, 0, MAX),
};

const CLOCK: Readonly<Record<keyof ClockSettings, (place: string) => Check>> = {
  gapMs: (place) => wholeNumber(place, 0, GAP_MS_MAX),
  jumps: (place) => oneOf(place, true, false),
};

const settings =
  (part: string, parts: Readonly<Record<string, (place: string) => Check>>): Check =>
  (value) => {
    if (!isRecord(value)) return `needs an object as '${part}', not ${shown(value)}`;
    for (const [key, check] of Object.entries(parts)) {
      const flaw = optional(check(`${part}.${key}`))(value[key]);
      if (flaw !== undefined) return flaw;
    }
    return unknownKey(value, Object.keys(parts), `part of '${part}'`);
  };

const locale: Check = (value) => {
  if (!isRecord(value)) return `needs an object as 'locale', not ${shown(value)}`;
  const { timeZone, language } = localeOf(value);
  if (!isTimeZone(timeZone)) return `has an unknown time zone, '${timeZone}'`;
  if (!isLanguage(language)) return `has an unknown language, '${language}'`;
  return unknownKey(value, LOCALE_PARTS, "part of 'locale'");
};

const LOCALE_PARTS: readonly (keyof Locale)[] = ['timeZone', 'language'];

/** By part, in the order in which mistakes are reported. */
const SUITE_PARTS: Readonly<Record<keyof SuiteDefinition<unknown, unknown>, Check>> = {
  name: text('name'),
  prepare: optional(fn('prepare')),
  boot: fn('boot'),
  commands,
  perform: fn('perform'),
  settle: optional(fn('settle')),
  shutdown: optional(fn('shutdown')),
  invariants,
  observe: optional(fn('observe')),
  costs: optional(fn('costs')),
  expected: optional(oneOf('expected', 'safe', 'unsafe')),
  disk: optional(disk),
  sectorBytes: optional((bytes) => {
    diskModel('posix', bytes as number); // throws for whatever is no size of a sector
    return undefined;
  }),
  faults: optional(listOf('faults', plan)),
  clients: optional(wholeNumber('clients', 1, 64)),
  unknown: optional(oneOf('unknown', 'retry', 'abandon')),
  locale: optional(locale),
  reads: optional(listOf('reads', (path, place) => (path instanceof URL ? undefined : text(place)(path)))),
  marks: optional(listOf('marks', (mark, place) => text(place)(mark))),
  mustReach: optional(listOf('mustReach', reachable)),
  limits: optional(settings('limits', LIMITS)),
  clock: optional(settings('clock', CLOCK)),
  describe: optional(fn('describe')),
  describeResult: optional(fn('describeResult')),
  describeEffect: optional(fn('describeEffect')),
};

/**
 * The first thing wrong with a definition; undefined where nothing is.
 * @throws SimulatorError 'UNKNOWN_DISK_MODEL', 'FAULT_IMPOSSIBLE', 'PATH_OUTSIDE_DISK'
 */
export const flawOfSuite = (definition: object): Flaw => {
  for (const [part, check] of Object.entries(SUITE_PARTS)) {
    const flaw = check(Reflect.get(definition, part));
    if (flaw !== undefined) return flaw;
  }
  return unknownKey(definition, Object.keys(SUITE_PARTS), 'part');
};

/** A copy with the parts alone, inherited ones included: what is changed in the original later is no part of the suite. */
export const partsOfSuite = (definition: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.keys(SUITE_PARTS).flatMap((part) => {
      const value: unknown = Reflect.get(definition, part);
      return value === undefined ? [] : [[part, value]];
    }),
  );
