/**
 * The gallery: explores the suite of each package under a kill of its process and under a power cut, and holds the verdicts against
 * those of `verdicts.ts`. `npm run packages` installs the packages and runs it; words select packages by name, `--stories` prints
 * the minimal story of each failure, `--table` the table of docs/packages.md.
 */
import { readFileSync } from 'node:fs';
import { DEFAULT_OPTIONS, type DiskModelName, exploreSuite, type SuiteResult } from 'powercut';
import { ENTRIES, type Entry } from './verdicts.js';

const BOUNDS = { ...DEFAULT_OPTIONS, workloads: 3, commands: 2, depth: 1, runs: 0 };
/** What holds is held against more crashes. */
const CRASHES_IF_IT_HOLDS = 3;
const MODELS = { kill: 'process-kill', cut: 'posix' } as const satisfies Record<string, DiskModelName>;

const isWord = (word: string): boolean => !word.startsWith('--');
const words = process.argv.slice(2).filter(isWord);
const has = (option: string): boolean => process.argv.includes(option);

const versionOf = (id: string): string => {
  const path = new URL(`../packages/node_modules/${id}/package.json`, import.meta.url);
  return String((JSON.parse(readFileSync(path, 'utf8')) as { version: unknown }).version); // npm wants one
};

const WRITES = /write|rename|append|sync|output|SonicBoom/i;

/** Whether the lines of an entry do write, in the installed version. */
const hasItsLines = ({ id, line }: Entry): boolean => {
  const [file = '', ...numbers] = line.split(/ and :|:/);
  const path = new URL(`../packages/node_modules/${id}/${file}`, import.meta.url);
  const text = readFileSync(path, 'utf8').split('\n');
  return numbers.length > 0 && numbers.every((number) => WRITES.test(text[Number(number) - 1] ?? ''));
};

interface Verdict {
  readonly entry: Entry;
  readonly by: keyof typeof MODELS;
  readonly result: SuiteResult;
  readonly broken: readonly string[];
  readonly isRight: boolean;
  readonly livesPerSecond: number;
}

const explored = async (entry: Entry, by: keyof typeof MODELS): Promise<Verdict> => {
  const began = performance.now();
  const depth = entry[by].length > 0 ? 1 : CRASHES_IF_IT_HOLDS;
  const result = await exploreSuite(entry.suite, { ...BOUNDS, depth, disk: MODELS[by] });
  const seconds = (performance.now() - began) / 1000;
  const broken = result.violations.map(({ invariant }) => invariant).sort();
  const verdict = entry[by].length > 0 ? 'violated' : 'holds';
  const isRight =
    hasItsLines(entry) && result.verdict === verdict && broken.join() === [...entry[by]].sort().join();
  return {
    entry,
    by,
    result,
    broken,
    isRight,
    livesPerSecond: Math.round(result.exploration.images.checked / seconds),
  };
};

const told = ({ entry, by, result, broken, isRight, livesPerSecond }: Verdict): string => {
  const [first] = result.violations;
  const lines = [
    `${isRight ? '✓' : '✗'} ${entry.suite.name} ${versionOf(entry.id)}, ${MODELS[by]}: ${result.verdict}` +
      `${broken.length > 0 ? ` (${broken.join(', ')})` : ''}; ` +
      `${result.exploration.closed ? 'closed' : 'not closed'}, ${livesPerSecond} lives/s; ${entry.way}, ${entry.line}`,
    ...(isRight ? [] : [`  expected: ${entry[by].join(', ') || 'holds'}, by ${entry.line}`]),
    ...(result.undecided ?? []).map(({ code, message }) => `  ${code}: ${message}`),
    ...(first === undefined ? [] : [`  ${first.token}`]),
    ...(has('--stories')
      ? result.violations.map(({ story }) => story.replaceAll('\0', '\\0').replace(/^/gm, '  | '))
      : []),
  ];
  return lines.join('\n');
};

const said = (broken: readonly string[]): string => (broken.length === 0 ? 'holds' : broken.join(', '));

const row = ([kill, cut]: readonly Verdict[]): string => {
  if (kill === undefined || cut === undefined) return '';
  const { entry } = kill;
  const line = entry.line.replaceAll(/\S+:\d+|:\d+/g, '`$&`');
  return `| ${entry.suite.name} ${versionOf(entry.id)} | ${entry.way} | ${said(kill.broken)} | ${said(cut.broken)} | ${line} |`;
};

const verdicts: Verdict[] = [];
const rows: string[] = [];
for (const entry of ENTRIES) {
  if (words.length > 0 && !words.includes(entry.id)) continue;
  const own = [await explored(entry, 'kill'), await explored(entry, 'cut')];
  for (const verdict of own) process.stdout.write(`${told(verdict)}\n`);
  verdicts.push(...own);
  rows.push(row(own));
}
if (has('--table')) process.stdout.write(`\n${rows.join('\n')}\n`);
const wrong = verdicts.filter(({ isRight }) => !isRight);
const packages = new Set(verdicts.map(({ entry }) => entry.id));
process.stdout.write(`\n${packages.size} packages, ${verdicts.length} verdicts, ${wrong.length} wrong\n`);
process.exitCode = wrong.length > 0 || verdicts.length === 0 ? 1 : 0;
