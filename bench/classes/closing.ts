/**
 * `npm run closing`: which safe suites close within the bounds of `powercut run`, with enumeration alone and with classes of
 * crash states: shipped suites, scenarios, and the examples that can be loaded. Tells of each workload what stopped it.
 * Examples whose packages are not installed are counted apart.
 */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { scenarioSuites } from '../../properties/scenarios/index.js';
import { shippedSuites } from '../../properties/suites/index.js';
import type { Exhausted } from '../../sim/explore/exhaustive/exhausted.js';
import { DEFAULT_OPTIONS } from '../../sim/explore/options.js';
import type { Suite } from '../../sim/suite/suite.js';
import { isSuite } from '../../sim/suite/suite-registry.js';
import { errorCode } from '../../sim/util/errors.js';
import { commandOf, wholeNumber } from '../../tooling/command.js';
import { exhaustivePhase, type Way } from './exhaustive-phase.js';

interface Options {
  readonly only: string;
  readonly workloads: number;
}

const command = commandOf(
  'closing',
  'Explores each safe suite exhaustively, with and without classes: says which close.',
)
  .option('--only <text>', 'suites with this in their name', '')
  .option('--workloads <n>', 'workloads of each suite', wholeNumber(1), DEFAULT_OPTIONS.workloads)
  .parse();
const { only, workloads } = command.opts<Options>();

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const SUITE_FILE = /\.suite\.ts$/;

interface Found {
  readonly kind: 'shipped' | 'scenario' | 'example';
  readonly name: string;
  readonly suite: Suite;
}

const suitesIn = (value: unknown): readonly Suite[] => {
  if (isSuite(value)) return [value];
  return Array.isArray(value) ? value.filter(isSuite) : [];
};

/** Undefined: a package that it needs is not installed. */
const suitesOfFile = async (path: string): Promise<readonly Found[] | undefined> => {
  try {
    const exported = (await import(pathToFileURL(join(EXAMPLES, path)).href)) as object; // a module
    return Object.values(exported)
      .flatMap(suitesIn)
      .map((suite) => ({ kind: 'example', name: `${path}: ${suite.name}`, suite }));
  } catch (error) {
    if (['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
};

const named = (kind: Found['kind'], suites: readonly Suite[]): readonly Found[] =>
  suites.map((suite) => ({ kind, name: suite.name, suite }));

const found: Found[] = [...named('shipped', shippedSuites), ...named('scenario', scenarioSuites)];
const missing: string[] = [];
const files = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' })
  .map((path) => relative('', path))
  .filter((path) => SUITE_FILE.test(path) && !path.includes('node_modules'))
  .sort();
for (const path of files) {
  const suites = await suitesOfFile(path);
  if (suites === undefined) missing.push(path);
  else found.push(...suites);
}

const stopOf = ({ closed, stops, crashesDone, sampled, findings }: Exhausted): string => {
  if (findings.length > 0) return 'BROKEN';
  if (closed) return sampled ? 'closed by classes' : 'closed';
  return `${stops.map((stop) => ('limit' in stop ? `${stop.kind} ${stop.limit}` : stop.kind)).join(' and ')}, after ${crashesDone} crashes`;
};

/** '6 × closed, 2 × images 256, after 1 crashes' */
const counted = (texts: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, count]) => `${count} × ${text}`).join('; ');
};

interface Phase {
  readonly results: readonly Exhausted[];
  readonly seconds: number;
}

const explored = async (suite: Suite, way: Way): Promise<Phase> => {
  const before = process.cpuUsage();
  const results = await exhaustivePhase(suite, way, { ...DEFAULT_OPTIONS, workloads });
  const { user, system } = process.cpuUsage(before);
  return { results, seconds: (user + system) / 1e6 };
};

const told = ({ results, seconds }: Phase): string => {
  const lives = results.reduce((sum, result) => sum + result.lives, 0);
  return `${counted(results.map(stopOf))} (${lives} lives, ${seconds.toFixed(1)} s)`;
};

class Share {
  private suites = 0;
  private suitesClosed = 0;
  private workloads = 0;
  private workloadsClosed = 0;

  add({ results }: Phase): void {
    const closed = results.filter((result) => result.closed).length;
    this.suites += 1;
    this.suitesClosed += closed === results.length ? 1 : 0;
    this.workloads += results.length;
    this.workloadsClosed += closed;
  }

  toString(): string {
    const { suites, suitesClosed, workloadsClosed } = this;
    return `${suitesClosed} of ${suites} suites, ${workloadsClosed} of ${this.workloads} workloads`;
  }
}

const KINDS = ['shipped', 'scenario', 'example', 'all'] as const;
const shares = new Map(KINDS.map((kind) => [kind, { enumeration: new Share(), classes: new Share() }]));

const safe = found.filter(({ name, suite }) => (suite.expected ?? 'safe') === 'safe' && name.includes(only));
if (safe.length === 0) command.error(`error: no safe suite has '${only}' in its name`);
let broken = 0;
for (const { kind, name, suite } of safe) {
  const disk = suite.disk ?? 'posix';
  const faults = (suite.faults ?? []).length === 0 ? '' : ', with planned faults';
  console.log(`${name} (${kind}, ${disk}${faults})`);
  const enumerated = await explored(suite, 'enumeration');
  // Classes take over where images were sampled, and nowhere else.
  const isSampled = enumerated.results.some(({ sampled }) => sampled);
  const classified = isSampled ? await explored(suite, 'classes') : enumerated;
  console.log(`  ${told(enumerated)}`);
  if (isSampled) console.log(`  with classes: ${told(classified)}`);
  // An example of a broken program, by default: nothing goes on from what is broken.
  if ([...enumerated.results, ...classified.results].some(({ findings }) => findings.length > 0)) {
    broken += 1;
    continue;
  }
  for (const counting of [kind, 'all'] as const) {
    shares.get(counting)?.enumeration.add(enumerated);
    shares.get(counting)?.classes.add(classified);
  }
}
for (const [kind, { enumeration, classes }] of shares)
  console.log(`closed, ${kind}: enumeration ${enumeration}; with classes ${classes}`);
if (broken > 0) console.log(`${broken} suites were found broken, and are not counted.`);
if (missing.length > 0)
  console.log(`${missing.length} files of examples need packages that are not installed.`);
