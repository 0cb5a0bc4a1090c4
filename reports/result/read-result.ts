/** Reads a result that a campaign wrote: whatever is in the file, the outcome is a result or a clear error. */
import { createRequire } from 'node:module';
import type { CampaignResult, OracleStrength } from '../../sim/result/result.js';
import { isRecord } from '../../sim/util/is-record.js';
import { PowercutError } from '../../src/powercut-error.js';
import { findMismatch } from './schema.js';

export type ResultErrorCode = 'RESULT_FILE_NOT_JSON' | 'RESULT_VERSION' | 'RESULT_MALFORMED';

declare module '../../src/powercut-error.js' {
  interface PowercutErrorCodes {
    /** Of files of results. */
    readonly result: ResultErrorCode;
  }
}

/** The text is not a result that this version can read. */
export class ResultError extends PowercutError {
  override readonly name = 'ResultError';

  constructor(
    readonly code: ResultErrorCode,
    message: string,
  ) {
    super(message);
  }
}

// Not a JSON import: Node 20 warns on the terminal for each of those.
const schema: unknown = createRequire(import.meta.url)('../result.schema.json');

const VERSION = 2;

const parse = (text: string, source: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new ResultError(
      'RESULT_FILE_NOT_JSON',
      `${source} is not JSON: give a file written by powercut run --json.`,
    );
  }
};

/**
 * The result in `text`; `source` names it in errors.
 *
 * @throws ResultError RESULT_FILE_NOT_JSON, RESULT_VERSION (from another version of powercut), RESULT_MALFORMED.
 */
export const readResult = (text: string, source: string): CampaignResult => {
  const value = parse(text, source);
  if (
    typeof value === 'object' &&
    value !== null &&
    'schemaVersion' in value &&
    value.schemaVersion !== VERSION
  ) {
    throw new ResultError(
      'RESULT_VERSION',
      `${source} has schema version ${JSON.stringify(value.schemaVersion)}, this powercut reads ${VERSION}: run the campaign again.`,
    );
  }
  const mismatch = findMismatch(value, schema);
  if (mismatch !== undefined) {
    const where = mismatch.path === '' ? 'its top' : mismatch.path;
    throw new ResultError(
      'RESULT_MALFORMED',
      `${source} is not a powercut result: ${where} ${mismatch.message}.`,
    );
  }
  // The schema describes exactly CampaignResult; a test holds the two against each other.
  return value as CampaignResult;
};

const partOf = (...path: readonly string[]): unknown =>
  path.reduce<unknown>((part, name) => (isRecord(part) ? part[name] : undefined), schema);

/** What keeps a value from being the result of one suite; undefined where it is one. */
export const suiteResultFlaw = (value: unknown): string | undefined => {
  const suite = partOf('properties', 'suites', 'items');
  const mismatch = findMismatch(value, { ...Object(suite), $defs: partOf('$defs') });
  return mismatch === undefined ? undefined : `${mismatch.path} ${mismatch.message}`.trim();
};

/** Only the part that a result holds: the measuring script writes more. */
const withoutMore = (value: unknown): unknown => {
  if (!isRecord(value)) return value;
  const { planted, killed, survivors } = value;
  const survivor = (one: unknown): unknown =>
    isRecord(one) ? { name: one.name, file: one.file, line: one.line, explanation: one.explanation } : one;
  return { planted, killed, survivors: Array.isArray(survivors) ? survivors.map(survivor) : survivors };
};

/**
 * How strong the invariants are, as `npm run sabotage -- --json` wrote it.
 *
 * @throws ResultError RESULT_FILE_NOT_JSON, RESULT_MALFORMED.
 */
export const readOracle = (text: string, source: string): OracleStrength => {
  const value = withoutMore(parse(text, source));
  const root = isRecord(schema) ? schema : {};
  const oracle = isRecord(root.properties) && isRecord(root.properties.oracle) ? root.properties.oracle : {};
  const mismatch = findMismatch(value, { ...oracle, $defs: root.$defs });
  if (mismatch !== undefined) {
    const where = mismatch.path === '' ? 'its top' : mismatch.path;
    throw new ResultError(
      'RESULT_MALFORMED',
      `${source} is no count of sabotages: ${where} ${mismatch.message}.`,
    );
  }
  // The schema describes exactly OracleStrength.
  return value as OracleStrength;
};
