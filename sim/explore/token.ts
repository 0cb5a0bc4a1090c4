/**
 * A token: a short string that replays one run exactly. It carries the tape and the digest of the run, never code and
 * never a path; which program it is played on, the person who replays it decides. Hostile until proven well-formed.
 */
import { Buffer } from 'node:buffer';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Fill } from '../disk/apply.js';
import { codedError, type PowercutError } from '../errors.js';
import type { Json } from '../suite.js';
import { hashText } from '../trace/hash.js';
import type { Crash } from './crash-states.js';
import type { Tape } from './tape.js';

const PREFIX = 'pc1';
const MAX_TOKEN_CHARACTERS = 256 * 1024;
const MAX_PAYLOAD_BYTES = 4 * 1024 * 1024;
const CHECK_DIGITS = 8;

export interface TokenContent {
  readonly suite: string;
  readonly disk: string;
  readonly tape: Tape;
  readonly digest: string;
}

const FILLS: readonly Fill[] = ['zero', 'stale', 'garbage'];

const checkOf = (body: string): string => hashText(body).slice(0, CHECK_DIGITS);

export const encodeToken = ({ suite, disk, tape, digest }: TokenContent): string => {
  const crashes = tape.crashes.map(({ at, lost, fill }) => [at, lost, FILLS.indexOf(fill)]);
  const payload = JSON.stringify([
    suite,
    disk,
    tape.workload,
    tape.schedule ?? null,
    crashes,
    tape.commandsAfterCrash,
    digest,
    ...(tape.faultSeed === undefined ? [] : [tape.faultSeed]),
  ]);
  const body = deflateRawSync(Buffer.from(payload), { level: 9 }).toString('base64url');
  return `${PREFIX}.${body}.${checkOf(body)}`;
};

const malformed = (why: string): PowercutError =>
  codedError(
    'TOKEN_MALFORMED',
    `This is not a whole Powercut token: ${why}. Copy it again, from 'pc1.' to its last character.`,
  );

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

const isCounts = (value: unknown): value is number[] => Array.isArray(value) && value.every(isCount);

const crashOf = (value: unknown): Crash => {
  const [at, lost, fillIndex] = Array.isArray(value) ? value : [];
  const fill = isCount(fillIndex) ? FILLS[fillIndex] : undefined;
  if (!isCount(at) || !isCounts(lost) || fill === undefined) throw malformed('a crash in it is not one');
  return { at, lost, fill };
};

const contentOf = (payload: unknown): TokenContent => {
  if (!Array.isArray(payload) || payload.length < 7 || payload.length > 8)
    throw malformed('its content has another shape');
  const [suite, disk, workload, schedule, crashes, commandsAfterCrash, digest, faultSeed] =
    payload as unknown[];
  if (typeof suite !== 'string' || typeof disk !== 'string' || typeof digest !== 'string')
    throw malformed('its names are missing');
  if (!Array.isArray(workload) || !Array.isArray(crashes)) throw malformed('its workload is missing');
  if (!isCount(commandsAfterCrash)) throw malformed('its bounds are missing');
  if (faultSeed !== undefined && !isCount(faultSeed)) throw malformed('its seed of faults is not one');
  if (schedule !== null && !isCounts(schedule)) throw malformed('its schedule is not one');
  return {
    suite,
    disk,
    digest,
    tape: {
      workload: workload as Json[], // parsed from JSON just now
      ...(schedule === null ? {} : { schedule }),
      crashes: crashes.map(crashOf),
      commandsAfterCrash,
      ...(faultSeed === undefined ? {} : { faultSeed }),
    },
  };
};

/** @throws PowercutError 'TOKEN_MALFORMED' (garbage, cut short, changed) or 'TOKEN_VERSION' (made by another version) */
export const decodeToken = (token: string): TokenContent => {
  const text = token.trim();
  if (text.length > MAX_TOKEN_CHARACTERS)
    throw malformed(`it has more than ${MAX_TOKEN_CHARACTERS} characters`);
  const [prefix = '', body = '', check = '', ...rest] = text.split('.');
  if (/^pc\d+$/.test(prefix) && prefix !== PREFIX) {
    throw codedError(
      'TOKEN_VERSION',
      `This token was made by another version of Powercut (${prefix}; this one reads ${PREFIX}).`,
    );
  }
  if (prefix !== PREFIX || rest.length > 0)
    throw malformed("it does not have the form 'pc1.<content>.<check>'");
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
  return contentOf(payload);
};
