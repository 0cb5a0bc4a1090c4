// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the literals are source text.
import { describe, expect, it } from 'vitest';
import {
  check,
  checkComments,
  faultsInComments,
  faultsInMarkdown,
  faultsInSource,
  sentenceOf,
  visibleTexts,
} from './prose.js';

const inMarkdown = (text: string): readonly string[] =>
  faultsInMarkdown('a.md', text).map(({ line, phrase }) => `${line}: ${phrase}`);
const inSource = (text: string): readonly string[] =>
  faultsInSource('a.ts', text).map(({ line, phrase }) => `${line}: ${phrase}`);

describe('faultsInMarkdown', () => {
  it.each([
    ['The story is told.', '1: is told'],
    ['A client was asked.', '1: was asked'],
    ['Whoever reads it', '1: Whoever'],
    ['nobody reads it', '1: nobody'],
    ['It is built anew.', '1: anew'],
    ['such that it holds', '1: such that'],
    ['by way of a bus', '1: by way of'],
    ['It comes to rest.', '1: comes to'],
    ['two, of which one is lost', '1: of which'],
    ['the dearest part', '1: dearest'],
    ['so many events', '1: so many'],
    ['It writes all the same.', '1: all the same'],
    ['It is cut in its turn.', '1: in its turn'],
    ['a system at rest', '1: at rest'],
    ['It ends. What was lost is listed.', '1: What was lost is listed.'],
    ['- What was lost is listed.', '1: What was lost is listed.'],
    ['| 1 | What was lost is listed. |', '1: What was lost is listed.'],
  ])('finds the phrase in %j', (text, found) => {
    expect(inMarkdown(text)).toEqual([found]);
  });

  it('finds a phrase across a line end, at the line where it begins', () => {
    expect(inMarkdown('# A\n\nThe whole story is\ntold here.')).toEqual(['3: is told']);
  });

  it.each([
    ['a fence', '```text\nIt is told anew.\n```'],
    ['an indented fence', '- a\n  ```text\n  It is told anew.\n  ```'],
    ['inline code', 'The option `nobody` is new.'],
    ['the target of a link', '[a](anew.md)'],
    ['a heading', '## What a suite may say\n\nIt may say this.'],
    ['a cell', '| what happened | what to do |\n|---|---|\n| One. | Two. |'],
    ['a question', 'What was lost? Nothing.'],
    ['parts of words', 'A newsletter, somebody, endearing, becomes too old.'],
  ])('passes %s', (_, text) => {
    expect(inMarkdown(text)).toEqual([]);
  });

  it('reads on after a fence', () => {
    expect(inMarkdown('```ts\nconst nobody = 1;\n```\nNobody reads it.')).toEqual(['4: Nobody']);
  });
});

describe('faultsInSource', () => {
  it.each([
    ['a string', `throw new Error('nobody reads it');`, '1: nobody'],
    ['a template without expressions', 'const a = `nobody reads it`;', '1: nobody'],
    ['a template, before an expression', 'const a = `nobody reads ${it}`;', '1: nobody'],
    ['a template, after an expression', 'const a = `${it} is told\n`;', '1: is told'],
    ['a literal inside of an expression', 'const a = `${b(`is told`)} c`;', '1: is told'],
    ['a later line of a template', 'const a = `\nb\nis told`;', '3: is told'],
    ['an escaped line end', `const a = 'it is\\ntold';`, '1: is told'],
    ['a string with "what" as a subject', `say('what was found is kept');`, '1: what was found is kept'],
    ['a later sentence', `say('It stops. What was found is kept.');`, '1: What was found is kept.'],
  ])('finds the phrase in %s', (_, text, found) => {
    expect(inSource(text)).toEqual([found]);
  });

  it.each([
    ['comments', `// nobody reads it\n/** It is told anew. */\nconst a = 'b c';`],
    ['names', 'const nobody = anew(whoever);'],
    ['a single word', `const code = 'nobody';`],
    ['the expressions of a template', 'const a = `${nobody} reads it`;'],
    ['words on both sides of an expression', 'const a = `is ${b} told`;'],
    ['a label', 'const a = `What is wrong: ${b}`;'],
    ['a question', `const a = 'what is it?';`],
  ])('passes %s', (_, text) => {
    expect(inSource(text)).toEqual([]);
  });
});

describe('faultsInComments', () => {
  const inComments = (text: string): readonly string[] =>
    faultsInComments('src/a.ts', text).map(({ line, phrase }) => `${line}: ${phrase}`);

  it.each([
    ['a docstring', '/** It is told anew. */\nconst a = 1;', ['1: is told', '1: anew']],
    ['a phrase across a line end', '/**\n * The story is\n * told.\n */\nconst a = 1;', ['2: is told']],
    ['a line comment', 'const a = () => {\n  // nobody reads it\n  return 1;\n};', ['2: nobody']],
    ['a comment behind the code', 'const a = 1; // nobody reads it', ['1: nobody']],
    ['a later sentence', '/** One. What was found is kept. */\nconst a = 1;', ['1: What was found is kept.']],
  ])('finds the phrase in %s', (_, text, found) => {
    expect(inComments(text)).toEqual(found);
  });

  it('passes strings and names', () => {
    expect(inComments(`/** Reads it. */\nconst nobody = 'it is told anew';`)).toEqual([]);
  });
});

describe('checkComments', () => {
  it('names the file of each phrase', () => {
    const sources = new Map([
      ['src/a.ts', '/** It is told. */\nconst a = 1;'],
      ['bench/b.ts', '/** It reads. */\nconst b = 1;'],
    ]);
    expect(checkComments(sources)).toEqual([expect.stringMatching(/^src\/a\.ts:1: "is told": write /)]);
  });
});

describe('check', () => {
  const faulty = new Map([['docs/a.md', 'Nobody reads it.']]);

  it('names file, line, phrase and the words to write instead', () => {
    expect(check(faulty, new Map())).toEqual([
      'docs/a.md:1: "Nobody": write the subject: "no reader", "no process", "no other user"',
    ]);
  });

  it('passes an exception while it has a phrase, and refuses it afterwards', () => {
    const exceptions = new Map([['docs/a.md', 'a reason']]);
    expect(check(faulty, exceptions)).toEqual([]);
    expect(check(new Map([['docs/a.md', 'No process reads it.']]), exceptions)).toEqual([
      'docs/a.md has no listed phrase: remove it from EXCEPTIONS in tooling/prose/prose.ts',
    ]);
  });

  it('reads the documents and the sources of the project, without tests', () => {
    const paths = [...visibleTexts().keys()];
    expect(paths).toEqual(
      expect.arrayContaining(['README.md', 'docs/verdicts.md', 'cli/program.ts', 'src/thrown.ts']),
    );
    expect(paths.filter((path) => path.endsWith('.test.ts'))).toEqual([]);
  });
});

it('sentenceOf keeps to one line', () => {
  const [fault] = faultsInMarkdown('a.md', 'It is\ntold.');
  expect(fault && sentenceOf(fault)).toMatch(/^a\.md:1: "is told": write .+$/);
});
