/** A history as the texts of small files, one for each finding and each campaign; and back, whatever is in the files. */
import { hashText } from '../../sim/util/hash.js';
import { isRecord } from '../../sim/util/is-record.js';
import { printableJson } from '../format.js';
import { findMismatch } from '../result/schema.js';
import { type CampaignRecord, FINDING_STATES, type HistoryFinding } from './history.js';

/** Of the files. It grows with each change that an earlier version can't read. */
const VERSION = 1;

const NAME = { type: 'string', minLength: 1 };
const TEXT = { type: 'string' };
const COUNT = { type: 'integer', minimum: 0 };
const object = (properties: Readonly<Record<string, unknown>>, ...optional: readonly string[]): object => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});

const MOMENT = object({ commit: TEXT, time: TEXT }, 'commit');
const EFFORT = { disk: NAME, workloads: COUNT, runs: COUNT, depth: COUNT };

const FINDING = object(
  {
    version: { const: VERSION },
    identity: NAME,
    suite: NAME,
    file: NAME,
    invariant: NAME,
    statement: TEXT,
    state: { enum: FINDING_STATES },
    since: MOMENT,
    first: MOMENT,
    last: MOMENT,
    campaigns: COUNT,
    seen: COUNT,
    regressions: COUNT,
    token: NAME,
    commands: COUNT,
    crashes: COUNT,
    effort: object(EFFORT),
  },
  'file',
);

const SUITE = object({
  name: NAME,
  ...EFFORT,
  verdict: { enum: ['holds', 'violated', 'undecided'] },
  distinct: COUNT,
  cells: object({ covered: COUNT, total: COUNT }),
  novelty: COUNT,
  findings: { type: 'array', items: NAME },
});

const CAMPAIGN = object(
  {
    version: { const: VERSION },
    commit: TEXT,
    time: TEXT,
    seed: COUNT,
    digest: NAME,
    seconds: { type: 'number', minimum: 0 },
    suites: { type: 'array', items: SUITE },
  },
  'commit',
);

/** Above it, no number is a count of anything here. */
const NUMBER_MAX = 2 ** 48;
const IDENTITY = /^[0-9a-f]{16}$/;
const COMMIT = /^[0-9a-f]{7,64}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Whether a text can be the name of a commit. */
export const isCommit = (text: string): boolean => COMMIT.test(text);

const isMoment = ({ commit, time }: { readonly commit?: string; readonly time: string }): boolean =>
  TIME.test(time) && !Number.isNaN(Date.parse(time)) && (commit === undefined || isCommit(commit));

/** @throws RangeError for a number that no count is: sums of it would be none, either */
const requireCount = (_name: string, value: unknown): unknown => {
  if (typeof value === 'number' && !(value >= 0 && value <= NUMBER_MAX)) throw new RangeError('no count');
  return value;
};

const parsed = (text: string, schema: object): Readonly<Record<string, unknown>> | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text, requireCount);
  } catch {
    return undefined; // torn, merged with conflict marks, or of another program
  }
  if (!isRecord(value) || findMismatch(value, schema) !== undefined) return undefined;
  const { version: _, ...rest } = value;
  return rest;
};

const printed = (value: object): string => `${printableJson({ version: VERSION, ...value }, 2)}\n`;

/** 'finding-0123456789abcdef.json' */
export const findingFileName = ({ identity }: Pick<HistoryFinding, 'identity'>): string =>
  `finding-${identity}.json`;

export const printFinding = (finding: HistoryFinding): string => printed(finding);

/** The finding in the text of a file of this name; undefined where it is none. */
export const readFinding = (name: string, text: string): HistoryFinding | undefined => {
  // The schema describes exactly a HistoryFinding: the tests read what was printed.
  const finding = parsed(text, FINDING) as HistoryFinding | undefined;
  if (finding === undefined || !IDENTITY.test(finding.identity)) return undefined;
  const moments = [finding.first, finding.last, finding.since];
  return name === findingFileName(finding) && moments.every(isMoment) ? finding : undefined;
};

/** 'campaign-20261130T071758123Z-0123456789abcdef.json': by time, and no two alike. */
export const campaignFileName = (campaign: CampaignRecord): string =>
  `campaign-${campaign.time.replace(/[-:.]/g, '')}-${hashText(printed(campaign))}.json`;

export const printCampaign = (campaign: CampaignRecord): string => printed(campaign);

/** The campaign in the text of a file of this name; undefined where it is none, or was changed. */
export const readCampaign = (name: string, text: string): CampaignRecord | undefined => {
  // The schema describes exactly a CampaignRecord: the tests read what was printed.
  const campaign = parsed(text, CAMPAIGN) as CampaignRecord | undefined;
  if (campaign === undefined || !isMoment(campaign)) return undefined;
  const identities = campaign.suites.flatMap(({ findings }) => findings);
  if (!identities.every((identity) => IDENTITY.test(identity))) return undefined;
  return campaignFileName(campaign) === name ? campaign : undefined;
};
