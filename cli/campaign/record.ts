/**
 * What a campaign is: suites by content, and how far each is explored. Every machine of the campaign reads it first, and takes
 * part only if its own checkout has the same contents.
 */
import { relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DISK_MODELS } from '../../sim/disk/crash-model/disk-models.js';
import { VERSION } from '../../sim/util/version.js';
import type { SuiteFacts, SuiteReference } from '../loading/suite-reference.js';
import {
  anyOf,
  type Check,
  isCount,
  isFields,
  isFlag,
  isNatural,
  isNumber,
  isOneOf,
  isText,
  isWhole,
  listOf,
  orNothing,
  record,
  recordOf,
} from '../messages/checks.js';
import type { Unit, UnitOptions } from '../messages/messages.js';
import { UsageError } from '../usage-error.js';
import { nameOfCode, nameOfPackages, nameOfSuite } from './checkout.js';
import { contentName } from './seal.js';

/** Where a suite is, on any machine of the campaign. */
type RecordedReference =
  | { readonly kind: 'shipped'; readonly name: string }
  /** Relative to the directory that the campaign is started in, with forward slashes. */
  | { readonly kind: 'file'; readonly path: string; readonly index: number };

export interface RecordedSuite {
  readonly reference: RecordedReference;
  readonly suite: SuiteFacts;
  readonly options: UnitOptions;
  /** Of the file and all that it reaches; empty for a shipped suite, which is a part of the code. */
  readonly content: string;
}

export interface CampaignRecord {
  readonly version: string;
  /** Of Powercut's own code. */
  readonly code: string;
  /** Of the project's lock file; empty where there is none. */
  readonly packages: string;
  readonly suites: readonly RecordedSuite[];
}

const isOptions = recordOf<UnitOptions>({
  seed: isNatural,
  runs: isNatural,
  workloads: isNatural,
  commands: orNothing(isNatural),
  depth: isNatural,
  strategy: orNothing(record({ kind: isOneOf('mixed', 'random', 'pct', 'dfs'), bound: orNothing(isCount) })),
  guided: orNothing(isFlag),
  disk: orNothing(isOneOf(...Object.keys(DISK_MODELS))),
  sliceStates: orNothing(isWhole(1)),
  timeMs: isOneOf(undefined),
  bail: isFlag,
  strict: orNothing(isFlag),
  limits: orNothing((value) => isFields(value) && Object.values(value).every(orNothing(isNumber))),
  clock: orNothing(isFields),
});

const isPath: Check = (value) =>
  typeof value === 'string' &&
  value !== '' &&
  !value.startsWith('/') &&
  !value.includes('\\') &&
  !/^[A-Za-z]:/.test(value) &&
  !value.split('/').includes('..');

const isSuite = recordOf<RecordedSuite>({
  reference: anyOf(
    record({ kind: isOneOf('shipped'), name: isText }),
    record({ kind: isOneOf('file'), path: isPath, index: isNatural }),
  ),
  suite: record({
    name: isText,
    expected: isOneOf('safe', 'unsafe'),
    disk: isOneOf(...Object.keys(DISK_MODELS)),
    invariants: isNatural,
  }),
  options: isOptions,
  content: isText,
});

const isRecordShape = recordOf<CampaignRecord>({
  version: isText,
  code: isText,
  packages: isText,
  suites: listOf(isSuite),
});

export const isRecord = (value: unknown): value is CampaignRecord => isRecordShape(value);

const recordedReference = (reference: SuiteReference, directory: string): RecordedReference => {
  if (reference.kind === 'shipped') return reference;
  const path = relative(directory, resolve(directory, reference.argument)).split(sep).join('/');
  if (!isPath(path))
    throw new UsageError(
      'SUITE_NOT_FOUND',
      `Suite file '${reference.argument}' is outside of '${directory}'. Other machines find suites by their path in the project: start the campaign in the project's directory.`,
    );
  return { kind: 'file', path, index: reference.index };
};

/** The suite as this machine has it. */
export const referenceHere = (reference: RecordedReference, directory: string): SuiteReference =>
  reference.kind === 'shipped'
    ? reference
    : {
        kind: 'file',
        url: pathToFileURL(resolve(directory, reference.path)).href,
        argument: reference.path,
        index: reference.index,
      };

/** Time is kept by the machine that a campaign is started on: a unit has none. */
const withoutTime = ({ timeMs: _, ...options }: UnitOptions): UnitOptions => options;

/** @throws UsageError SUITE_NOT_FOUND, SUITE_UNLOADABLE */
export const recordOfUnits = async (units: readonly Unit[], directory: string): Promise<CampaignRecord> => {
  const names = new Map<string, Promise<string>>();
  const contentOf = (reference: SuiteReference): Promise<string> => {
    if (reference.kind === 'shipped') return Promise.resolve('');
    const path = resolve(directory, reference.argument);
    const name = names.get(path) ?? nameOfSuite(path, directory);
    names.set(path, name);
    return name;
  };
  return {
    version: VERSION,
    code: await nameOfCode(),
    packages: await nameOfPackages(directory),
    suites: await Promise.all(
      units.map(async ({ reference, suite, options }) => ({
        reference: recordedReference(reference, directory),
        suite,
        options: withoutTime(options),
        content: await contentOf(reference),
      })),
    ),
  };
};

/** Equal for equal campaigns, on all machines. */
export const nameOfRecord = (campaign: CampaignRecord): string =>
  `c${contentName(JSON.stringify(campaign)).slice(0, 12)}`;

/** Why this checkout can't take part in a campaign; undefined where it can. Cost: reads all suite files and what they reach. */
export const differenceHere = async (
  { version, code, packages, suites }: CampaignRecord,
  directory: string,
): Promise<string | undefined> => {
  if (version !== VERSION) return `it runs Powercut ${version}, and this machine has ${VERSION}`;
  if (code !== (await nameOfCode())) return `it runs another build of Powercut ${version}`;
  if (packages !== (await nameOfPackages(directory)))
    return 'the lock file of the project differs: install the same packages';
  const contents = new Map<string, string>();
  for (const { reference, content } of suites)
    if (reference.kind === 'file') contents.set(reference.path, content);
  for (const [path, content] of contents) {
    const here = await nameOfSuite(resolve(directory, path), directory).catch(() => undefined);
    if (here === undefined) return `this machine has no suite file '${path}', or can't read it`;
    if (here !== content) return `'${path}', or a file that it reaches, differs: check out the same commit`;
  }
  return undefined;
};
