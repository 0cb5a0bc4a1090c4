/**
 * The tutorial in docs/tutorial, as a reader goes through it: page by page, in one project. A snippet with a title is written
 * to that file, commands run in order, and each line of a `text` snippet is in the output of the last command.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONSUMER_TSCONFIG, type Consumer, INSTALL_MS_MAX, installForConsumer } from './consumer.js';
import { commandsOf, type Snippet, snippetsOf } from './snippets.js';
import { ROOT } from './sources.js';

const FOLDER = join(ROOT, 'docs', 'tutorial');
/** In the order in which the first page links to them. */
const PAGES = [
  ...readFileSync(join(FOLDER, 'README.md'), 'utf8').matchAll(/^\d\. \[.*\]\(([\w-]+\.md)\)$/gm),
].map(([, name = '']) => name);

/** Needs a network; the consumer has all of it already. */
const INSTALLS = /^(git clone |cd |npm ci|npm install )/;
const OF_A_REGISTRY = /^npm install --save-dev ([a-z ]+)$/;

let consumer: Consumer;
beforeAll(async () => {
  consumer = await installForConsumer();
}, INSTALL_MS_MAX);
afterAll(() => consumer.remove());

/** What npm does to the manifest, so that `powercut init` finds it. */
const install = async (line: string): Promise<void> => {
  const names = OF_A_REGISTRY.exec(line)?.[1]?.split(' ') ?? [];
  for (const name of names) await consumer.run(`npm pkg set devDependencies.${name}='*'`);
};

/** Runs the commands of a snippet. Returns the output of the last. */
const run = async (snippet: Snippet): Promise<string> => {
  let shown = '';
  for (const { line, exitCode } of commandsOf(snippet.text)) {
    if (INSTALLS.test(line)) {
      await install(line);
      continue;
    }
    const { code, output } = await consumer.run(line);
    expect({ line, code, output }).toMatchObject({ code: exitCode });
    shown = output;
  }
  return shown;
};

describe('docs/tutorial', () => {
  it('has its pages in an order, and the tarball of this version', () => {
    expect(PAGES).toHaveLength(5);
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const page = readFileSync(join(FOLDER, 'first-failure.md'), 'utf8');
    expect(page).toContain(`npm install --save-dev ../powercut/powercut-${version}.tgz`);
  });

  it('README.md of docs shows a story that the tutorial runs', () => {
    const page = readFileSync(join(FOLDER, 'your-own-suite.md'), 'utf8');
    const home = snippetsOf('docs/README.md', readFileSync(join(ROOT, 'docs', 'README.md'), 'utf8'));
    const [story] = home.filter(({ language }) => language === 'text');
    for (const line of story?.text.trimEnd().split('\n') ?? ['no story']) expect(page).toContain(line);
  });

  it.each(PAGES)(
    '%s works as it is written',
    async (name) => {
      let output = '';
      for (const snippet of snippetsOf(name, readFileSync(join(FOLDER, name), 'utf8'))) {
        if (snippet.title !== undefined) await consumer.write(snippet.title, snippet.text);
        else if (snippet.language === 'sh') output = await run(snippet);
        else for (const line of snippet.text.trimEnd().split('\n')) expect(output).toContain(line);
      }
      await consumer.write('tsconfig.json', CONSUMER_TSCONFIG);
      expect(await consumer.run('tsc -p .')).toEqual({ code: 0, output: '' });
    },
    300_000,
  );
});
