/** The pages of the ready-made invariants: written from their code, their examples, real runs of these, and the gallery of sabotages. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import * as invariants from '../../properties/invariants/index.js';
import { NOTHING_OBSERVED, type Observation } from '../../properties/observation/observation.js';
import { gallery } from '../../properties/sabotage/gallery/index.js';
import { ROWS } from '../../properties/sabotage/known-incidents.js';
import { exploreSuite } from '../../sim/explore/campaign/explore-suite.js';
import { boundsOf } from '../../sim/explore/options.js';
import type { SuiteResult } from '../../sim/result/result.js';
import type { History, Invariant, Suite } from '../../sim/suite/suite.js';
import { ROOT } from '../sources.js';
import { INVARIANT_TEXTS, type InvariantText } from './invariant-texts.js';

type Observe = () => Observation;

/** Every ready-made invariant over one observation, by name. */
export const readyMade = (observe: Observe): ReadonlyMap<string, Invariant<unknown, unknown>> => {
  const { fromRule: _rule, ofStore: _all, rest, retry, usable, ...others } = invariants;
  const made: readonly Invariant<unknown, unknown>[] = [
    ...Object.values(others).map((make) => make(observe)),
    rest(observe, { settle: async () => {}, head: () => 0 }),
    retry(observe, { resend: async () => null, head: () => 0, describe: String }),
    usable(async () => []),
  ];
  return new Map(made.map((invariant) => [invariant.name, invariant]));
};

const inCamelCase = (name: string): string =>
  name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** An observation in which nothing is wrong, and no list is empty: so an invariant reads all that it ever reads. */
const HEALTHY: Observation = {
  ...NOTHING_OBSERVED,
  log: [
    {
      globalPosition: 1,
      streamName: 's',
      streamPosition: 1,
      messageId: 'm',
      type: 't',
      data: 1,
      system: false,
    },
  ],
  claims: [{ command: 0, status: 'unknown', events: [] }],
  readModels: [{ name: 'r', durability: 'durable', state: 1, position: 1, fresh: 1 }],
  subscribers: [
    {
      name: 'h',
      durability: 'durable',
      start: 0,
      appliedAtStart: 0,
      lag: 0,
      delivered: [1],
      handled: new Set([1]),
    },
  ],
  checkpoints: [{ feeder: 'f', subscribers: [], atStart: 0, writes: [] }],
  parked: [{ subscriber: 'h', globalPosition: 1 }],
  published: [{ messageId: 'm', effect: 'e' }],
};

/** A history in which something was promised. */
export const ACKNOWLEDGED: History<unknown> = {
  commands: [{ index: 0, command: 1, outcome: { status: 'acknowledged', result: null }, attempts: 1 }],
  effects: [],
  effectCounts: [],
  observed: undefined,
  crashes: 1,
};

/** The fields of an observation that a check reads. */
const fieldsRead = async (name: string): Promise<readonly string[]> => {
  const read = new Set<string>();
  const recording = new Proxy(HEALTHY, {
    get: (target, key) => {
      read.add(String(key));
      return Reflect.get(target, key);
    },
  });
  const wrong = await readyMade(() => recording)
    .get(name)
    ?.check(ACKNOWLEDGED, {}, 'recovered');
  if (wrong !== undefined) throw new Error(`${name} finds fault with a healthy observation: ${wrong}`);
  return Object.keys(HEALTHY).filter((field) => read.has(field));
};

/** The docstrings of the fields of {@link Observation}, by name. */
const fieldTexts = (): ReadonlyMap<string, string> => {
  const path = join(ROOT, 'properties', 'observation', 'observation.ts');
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const texts = new Map<string, string>();
  source.forEachChild((node) => {
    if (!ts.isInterfaceDeclaration(node) || node.name.text !== 'Observation') return;
    for (const member of node.members) {
      const [comment] = ts.getJSDocCommentsAndTags(member);
      const text = comment === undefined ? '' : ts.getTextOfJSDocComment(comment.comment);
      if (member.name !== undefined && ts.isIdentifier(member.name)) texts.set(member.name.text, text ?? '');
    }
  });
  return texts;
};

/** A suite that breaks one invariant, and the same one mended. */
export interface Example {
  readonly broken: Suite;
  readonly mended: Suite;
  readonly source: string;
}

export const exampleOf = async (name: string): Promise<Example> => {
  const path = `examples/invariants/${name}.suite.ts`;
  const { default: broken, mended }: { default: Suite; mended: Suite } = await import(`../../${path}`);
  return { broken, mended, source: readFileSync(join(ROOT, path), 'utf8') };
};

/** Explores an example as far as its page needs. */
export const exploreExample = (suite: Suite): Promise<SuiteResult> =>
  exploreSuite(suite, boundsOf({ seed: 1, runs: 4, workloads: 2, maxCommands: 2, maxCrashes: 2 }));

/** Lines of the library's sources move; the story stays. */
const withoutLines = (story: string): string => story.replaceAll(/(\.ts):\d+/g, '$1');

/** Faults of real systems that this invariant may report when a sabotage plants them again. */
const incidentsOf = (name: string): readonly string[] => {
  const rows = Object.entries<string>(ROWS).filter(([row, seenIn]) => {
    const isPlanted = gallery.some((sabotage) => sabotage.row === row && sabotage.killedBy.includes(name));
    return isPlanted && !seenIn.startsWith('mutants of this source');
  });
  if (rows.length === 0) return [];
  return [
    '## Faults of real systems that break it',
    '',
    'Powercut plants each of these faults into its own source. A suite must then break this invariant, or another one that is about the same',
    'fault: see [incidents](../scenarios.md).',
    '',
    '| fault | seen in |',
    '|---|---|',
    ...rows.map(([row, seenIn]) => `| ${row} | ${seenIn} |`),
    '',
  ];
};

const inStore = (name: string): string => {
  const seen = { observe: () => NOTHING_OBSERVED, settle: async () => {}, head: () => 0 };
  const remember = async (): Promise<null> => null;
  const included = invariants.ofStore({ ...seen, remember }, { resend: async () => null });
  return included.some((invariant) => invariant.name === name)
    ? 'For a program on `powercut/store`, [`invariants.ofStore`](../delivery.md#its-suite) includes it.'
    : '[`invariants.ofStore`](../delivery.md#its-suite) does not include it.';
};

const needs = async (name: string, { notes }: InvariantText): Promise<readonly string[]> => {
  const texts = fieldTexts();
  const fields = await fieldsRead(name);
  const table = [
    `\`invariants.${inCamelCase(name)}(observe)\` reads these parts of the [observation](README.md):`,
    '',
    '| part | content |',
    '|---|---|',
    ...fields.map((field) => `| \`${field}\` | ${texts.get(field)?.replaceAll(/\s+/g, ' ')} |`),
    '',
  ];
  return ['## What it needs', '', ...(fields.length === 0 ? [] : table), notes, '', inStore(name), ''];
};

const INTRODUCTION = `# Ready-made invariants

Powercut includes invariants that hold in every event-sourced system. They check an \`Observation\`: plain data that a function of
yours returns for your system.

- For a program on \`powercut/store\`, \`observation.observeStore\` is that function, and \`invariants.ofStore\` makes the invariants that
  apply: see [its suite](../delivery.md#its-suite).
- For any other system, write the function: see
  [bring your own system](../your-own-system.md#invariants-of-event-sourced-systems-ready-made). Leave a part empty if your system has no such
  thing: \`observation.NOTHING_OBSERVED\` has all parts, empty.
- An invariant of your own is a function from history and system to a sentence: see
  [what a suite may say](../your-own-system.md#what-a-suite-may-say).`;

/** The page that lists all invariants, with the program that their examples share. */
export const invariantIndex = async (): Promise<string> => {
  const made = readyMade(() => NOTHING_OBSERVED);
  const rows = Object.keys(INVARIANT_TEXTS).map(
    (name) => `| [\`${name}\`](${name}.md) | ${made.get(name)?.statement} |`,
  );
  const source = readFileSync(join(ROOT, 'examples', 'invariants', 'shop.ts'), 'utf8');
  return [
    INTRODUCTION,
    '',
    '| invariant | statement |',
    '|---|---|',
    ...rows,
    '',
    '## The shop of the examples',
    '',
    'Each page has a small shop that breaks its invariant, and the same shop mended. They share this file.',
    '',
    '```ts title="shop.ts"',
    source.trimEnd(),
    '```',
    '',
    'To run an example, copy both files into a project that has Powercut installed. Exit code 1 means that the invariant is broken:',
    '',
    '```sh',
    'npx powercut run durability.suite.ts --workloads 1 --runs 0 # exit code 1',
    '```',
    '',
  ].join('\n');
};

/** The page of one invariant. @throws Error where its example breaks another invariant, or none */
export const invariantPage = async (name: string): Promise<string> => {
  const text = INVARIANT_TEXTS[name];
  const invariant = readyMade(() => NOTHING_OBSERVED).get(name);
  if (text === undefined || invariant === undefined) throw new Error(`There is no invariant ${name}.`);
  const { broken, source } = await exampleOf(name);
  const violation = (await exploreExample(broken)).violations.find((found) => found.invariant === name);
  if (violation === undefined) throw new Error(`The example of ${name} does not break it.`);
  return [
    `# ${name}`,
    '',
    `> ${invariant.statement}`,
    '',
    text.about,
    '',
    '## A violation',
    '',
    `The suite uses [the shop of the examples](README.md#the-shop-of-the-examples). \`npx powercut run ${name}.suite.ts\` explores it.`,
    '',
    `\`\`\`ts title="${name}.suite.ts"`,
    source.trimEnd(),
    '```',
    '',
    'Powercut prints this story of the broken suite. The mended one holds.',
    '',
    '```text',
    withoutLines(violation.story).trimEnd(),
    '```',
    '',
    ...(await needs(name, text)),
    '## When it is at stake',
    '',
    'Once a command is acknowledged: before that nothing was promised. The result counts the checks at stake. If no command is acknowledged,',
    'the verdict is `undecided`. See [what a verdict rests on](../verdicts.md#what-a-verdict-rests-on).',
    '',
    ...incidentsOf(name),
  ]
    .join('\n')
    .replace(/\n+$/, '\n');
};
