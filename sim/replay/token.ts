/**
 * A token: a short string that replays one run exactly. It carries the tape and the digest of the run, never code and
 * never a path; which program it is played on, the person who replays it decides. Hostile until proven well-formed.
 */
import { Buffer } from 'node:buffer';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Fill } from '../disk/crash-model/crash-image.js';
import type { Crash } from '../disk/crash-model/durability.js';
import { DEFAULT_LOCALE, isLocale } from '../guard/patches/locale.js';
import type { Tape } from '../run/tape.js';
import type { Overrides } from '../suite/limits.js';
import type { Locale } from '../suite/locale.js';
import type { Json } from '../suite/suite.js';
import { codedError, type SimulatorError } from '../util/errors.js';
import { hashText } from '../util/hash.js';
import { isCount, overridesOf, planOf } from './parse-plan.js';

const PREFIX = 'pc2';
/** Before plans: a schedule in it meant other choices than today's, everything else is as it was. */
const FIRST_PREFIX = 'pc1';
const MAX_TOKEN_CHARACTERS = 256 * 1024;
const MAX_PAYLOAD_BYTES = 4 * 1024 * 1024;
const CHECK_DIGITS = 8;

export interface TokenContent {
  readonly suite: string;
  readonly disk: string;
  readonly tape: Tape;
  readonly digest: string;
  /** The program's locale, where it is not the usual one. */
  readonly locale?: Locale;
  /** The run's steps, as `fingerprintOf` has them. Tokens that were made before there were any have none. */
  readonly steps?: string;
  /** What its call said instead of the suite, as far as a life can tell. */
  readonly overrides?: Overrides;
}

const isUsual = (locale: Locale = DEFAULT_LOCALE): boolean =>
  locale.timeZone === DEFAULT_LOCALE.timeZone && locale.language === DEFAULT_LOCALE.language;

const FILLS: readonly Fill[] = ['zero', 'stale', 'garbage'];

/** In the place of what was lost: the process was killed. */
const KILL = 'kill';

const fieldsOf = ({ at, lost, fill, torn, isKill }: Crash): readonly unknown[] => {
  if (isKill === true) return [at, KILL];
  return torn === undefined ? [at, lost, FILLS.indexOf(fill)] : [at, lost, FILLS.indexOf(fill), torn];
};

const checkOf = (body: string): string => hashText(body).slice(0, CHECK_DIGITS);

export const encodeToken = ({
  suite,
  disk,
  tape,
  digest,
  locale,
  steps,
  overrides,
}: TokenContent): string => {
  const crashes = tape.crashes.map(fieldsOf);
  const { workload, crashes: _, commandsAfterCrash, ...rest } = tape;
  const plan = { ...rest, ...(isUsual(locale) ? {} : { locale }) };
  const fields = [suite, disk, workload, plan, crashes, commandsAfterCrash, digest];
  const last = overrides === undefined ? [steps] : [steps ?? null, overrides];
  const payload = JSON.stringify([...fields, ...last.filter((field) => field !== undefined)]);
  const body = deflateRawSync(Buffer.from(payload), { level: 9 }).toString('base64url');
  return `${PREFIX}.${body}.${checkOf(body)}`;
};

const malformed = (why: string): SimulatorError =>
  codedError(
    'TOKEN_MALFORMED',
    `This is not a whole Powercut token: ${why}. Copy it again, from '${PREFIX}.' to its last character.`,
  );

/** Micro-operations that a killed life left have negative numbers. */
const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every(Number.isSafeInteger);

const crashOf = (value: unknown): Crash => {
  const [at, lost, fillIndex, torn] = Array.isArray(value) ? value : [];
  if (isCount(at) && lost === KILL) return { at, lost: [], fill: 'zero', isKill: true };
  const fill = isCount(fillIndex) ? FILLS[fillIndex] : undefined;
  const isTorn = torn === undefined || Number.isSafeInteger(torn);
  if (!isCount(at) || !isNumbers(lost) || fill === undefined || !isTorn)
    throw malformed('a crash in it is not one');
  return { at, lost, fill, ...(torn === undefined ? {} : { torn: Number(torn) }) };
};

const otherVersion = (prefix: string): SimulatorError =>
  codedError(
    'TOKEN_VERSION',
    `This token was made by another version of Powercut (${prefix}; this one reads ${PREFIX}).`,
  );

/** The plan of a token of the first version, as this one writes it. */
const firstPlan = (schedule: unknown, faultSeed: unknown): unknown => {
  if (schedule !== null) throw otherVersion(FIRST_PREFIX);
  return faultSeed === undefined ? {} : { faultSeed };
};

const contentOf = (payload: unknown, prefix: string): TokenContent => {
  if (!Array.isArray(payload) || payload.length < 7 || payload.length > 9)
    throw malformed('its content has another shape');
  const [suite, disk, workload, plan, crashes, commandsAfterCrash, digest, last, said] = payload as unknown[];
  const [faultSeed, steps] = prefix === FIRST_PREFIX ? [last, undefined] : [undefined, last ?? undefined];
  const overrides = overridesOf(said, malformed);
  if (typeof suite !== 'string' || typeof disk !== 'string' || typeof digest !== 'string')
    throw malformed('its names are missing');
  if (steps !== undefined && typeof steps !== 'string') throw malformed('its steps are none');
  if (!Array.isArray(workload) || !Array.isArray(crashes)) throw malformed('its workload is missing');
  if (!isCount(commandsAfterCrash)) throw malformed('its bounds are missing');
  const whole = prefix === FIRST_PREFIX ? firstPlan(plan, faultSeed) : plan;
  const { locale, ...rest } = Object(whole);
  const carried: unknown = locale === undefined ? whole : rest;
  if (locale !== undefined && !isLocale(locale)) throw malformed('its locale is none');
  return {
    suite,
    disk,
    digest,
    ...(locale === undefined ? {} : { locale }),
    ...(steps === undefined ? {} : { steps }),
    ...(overrides === undefined ? {} : { overrides }),
    tape: {
      ...planOf(carried, malformed),
      workload: workload as Json[], // parsed from JSON just now
      crashes: crashes.map(crashOf),
      commandsAfterCrash,
    },
  };
};

/** @throws SimulatorError 'TOKEN_MALFORMED' (garbage, cut short, changed) or 'TOKEN_VERSION' (made by another version) */
export const decodeToken = (token: string): TokenContent => {
  const text = token.trim();
  if (text.length > MAX_TOKEN_CHARACTERS)
    throw malformed(`it has more than ${MAX_TOKEN_CHARACTERS} characters`);
  const [prefix = '', body = '', check = '', ...rest] = text.split('.');
  const isKnown = prefix === PREFIX || prefix === FIRST_PREFIX;
  if (/^pc\d+$/.test(prefix) && !isKnown) throw otherVersion(prefix);
  if (!isKnown || rest.length > 0) throw malformed(`it does not have the form '${PREFIX}.<content>.<check>'`);
  if (checkOf(body) !== check)
    throw malformed('its check digits do not fit, so a part is missing or changed');
  let payload: unknown;
  try {
    payload = JSON.parse(
      inflateRawSync(Buffer.from(body, 'base64url'), { maxOutputLength: MAX_PAYLOAD_BYTES }).toString(),
    );
  } catch (error) {
    throw codedError('TOKEN_MALFORMED', malformed('its content can not be unpacked').message, error);
  }
  return contentOf(payload, prefix);
};
