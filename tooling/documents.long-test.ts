/** Every snippet and every command of the README and of docs/, run as a reader would run it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { CONSUMER_TSCONFIG, type Consumer, INSTALL_MS_MAX, installForConsumer } from './consumer.js';
import { commandsOf, type Snippet, snippetsOf } from './snippets.js';
import { ROOT } from './sources.js';

/** Of the project itself, not of one that uses it: each is an npm script, and CI or another test runs it. */
const OF_THE_PROJECT =
  /^(git clone \S+|cd powercut|npm (ci|start|test|run (?<script>[\w:]+)( -- \S+)?))( && npm (start|test|pack))?$|^npm install \S+ (\.\.\/powercut|\/tmp)\/\S+$/;

const documents = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true }).map((name) => `docs/${name}`),
].filter((path) => path.endsWith('.md'));
/** Its doc comment shows a whole suite. */
const DOCSTRINGS = ['sim/define-suite/define-suite.ts', 'properties/key-value/key-value-suite.ts'];

/** The examples in a doc comment, as Markdown. */
const commentsOf = (path: string): string =>
  readFileSync(join(ROOT, path), 'utf8').replaceAll(/^ \* ?/gm, '');

/**
 * The files of the tutorial change from page to page, so a test of its own runs them. Most pages of invariants show files of
 * `examples/`, which are compiled and run there: one page stands for all.
 */
const isTestedElsewhere = (path: string): boolean =>
  path.startsWith('docs/tutorial/') || /^docs\/invariants\/(?!README|durability)/.test(path);

const snippets = [
  ...documents
    .filter((path) => !isTestedElsewhere(path))
    .flatMap((path) => snippetsOf(path, readFileSync(join(ROOT, path), 'utf8'))),
  ...DOCSTRINGS.flatMap((path) => snippetsOf(path, commentsOf(path))),
];
const placeOf = ({ document, line }: Snippet): string => `${document}:${line}`;
const fileOf = (snippet: Snippet): string =>
  snippet.title ?? `snippet-${placeOf(snippet).replaceAll(/[^\w]/g, '-')}.ts`;

const programs = snippets.filter(({ language }) => language === 'ts');
const commands = snippets
  .filter(({ language }) => language === 'sh')
  .flatMap((snippet) => commandsOf(snippet.text).map((command) => ({ snippet, ...command })));
const ofTheProject = commands.filter(({ line }) => OF_THE_PROJECT.test(line));
const ofItsUsers = commands.filter(({ line }) => !OF_THE_PROJECT.test(line));

let consumer: Consumer;
beforeAll(async () => {
  consumer = await installForConsumer();
  for (const snippet of programs) await consumer.write(fileOf(snippet), snippet.text);
  return consumer.remove;
}, INSTALL_MS_MAX);

describe('README.md and docs', () => {
  it('show code', () => {
    expect(programs.length).toBeGreaterThan(0);
    expect(commands.length).toBeGreaterThan(0);
  });

  it('type-check', async () => {
    await consumer.write('tsconfig.json', CONSUMER_TSCONFIG);
    expect(await consumer.run('tsc -p .')).toEqual({ code: 0, output: '' });
  });

  it.each(
    programs.filter(({ title }) => title === undefined).map((snippet) => [placeOf(snippet), fileOf(snippet)]),
  )('%s runs', async (_place, file) => {
    const { code, output } = await consumer.run(`tsx ${file}`);
    expect({ code, output }).toMatchObject({ code: 0 });
  });

  it.each(ofItsUsers.map(({ snippet, ...command }) => ({ place: placeOf(snippet), ...command })))(
    '$place: $line',
    async ({ line, exitCode }) => {
      const { code, output } = await consumer.run(line);
      expect({ code, output }).toMatchObject({ code: exitCode });
    },
  );

  it('show one file under each title', () => {
    const texts = new Map<string, string>();
    for (const { title, text, document } of programs) {
      if (title === undefined) continue;
      expect(texts.get(title) ?? text, `${document}: ${title}`).toBe(text);
      texts.set(title, text);
    }
  });

  it.each([
    [
      'a handler that confirms later than it says',
      '=> confirm({',
      '=> void env.clock.schedule(60_000, () => confirm({',
      'customer: data.customer })',
      'customer: data.customer }))',
      'no-loss',
    ],
    ['an order without its id', '{ commandId: id }', '{}', '', '', 'retry'],
  ])('show a suite of 20 lines at most that notices %s', async (_twin, from, to, end, newEnd, invariant) => {
    const [program, suite] = ['orders.ts', 'orders.suite.ts'].map(
      (title) => programs.find((snippet) => snippet.title === title)?.text ?? '',
    );
    expect(suite?.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
    const broken = program?.replace(from, to).replace(end, newEnd) ?? '';
    expect(broken).not.toBe(program);
    await consumer.write('twin/orders.ts', broken);
    await consumer.write('twin/orders.suite.ts', suite ?? '');
    const { code, output } = await consumer.run('npx powercut run twin --workloads 1 --runs 5 --bail');
    expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining(invariant) });
  });

  it('show a suite in the comment of defineSuite that holds', async () => {
    const { code, output } = await consumer.run('npx powercut run note.suite.ts --workloads 2 --runs 8');
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('holds') });
  });

  it('tell the story that the program they show really has', async () => {
    const { output } = await consumer.run('cat result.json');
    const { suites }: { suites: { violations: { story: string }[] }[] } = JSON.parse(output);
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(suites[0]?.violations[0]?.story);
  });

  it('name only scripts that the project has, and the tarball that it packs', () => {
    const manifest: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const version: unknown = Reflect.get(Object(manifest), 'version');
    expect(ofTheProject.map(({ line }) => line)).toContain(
      `npm install --save-dev ../powercut/powercut-${version}.tgz`,
    );
    const scripts = Object.keys(Object(Reflect.get(Object(manifest), 'scripts')));
    for (const { line } of ofTheProject) {
      const script = OF_THE_PROJECT.exec(line)?.groups?.script;
      if (script !== undefined) expect(scripts).toContain(script);
    }
  });

  it.each(documents)('%s links to what is there', (path) => {
    const markdown = readFileSync(join(ROOT, path), 'utf8');
    const targets = [...markdown.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
    const local = targets.filter((target) => !/^[a-z]+:/.test(target));
    expect(local.filter((target) => !existsSync(join(ROOT, dirname(path), target)))).toEqual([]);
  });

  it('tell the test command that CI runs', () => {
    const ci = readFileSync(join(ROOT, '.ci', 'run'), 'utf8');
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain('npm ci && npm test');
    expect(ci).toMatch(/npm ci; then\s+vitest test$/m);
  });
});
