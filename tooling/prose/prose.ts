/**
 * Finds listed phrases in the texts of the project: Markdown outside code, string literals of two words or more, and
 * comments.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT, readSources } from '../sources.js';
import { PHRASES_OF_MARKDOWN, PHRASES_OF_STRINGS, type Phrase } from './phrases.js';

export interface Fault {
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  /** As it is written there, on one line. */
  readonly phrase: string;
  readonly instead: string;
}

/** `path:line: "phrase": write ...` */
export const sentenceOf = ({ path, line, phrase, instead }: Fault): string =>
  `${path}:${line}: "${phrase}": write ${instead}`;

interface Match {
  /** Offset in the text. */
  readonly at: number;
  readonly phrase: string;
  readonly instead: string;
}

const MAX_SHOWN = 60;
const shown = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line;
};

const matchesIn = (text: string, phrases: readonly Phrase[]): readonly Match[] =>
  phrases.flatMap(({ pattern, instead }) =>
    [...text.matchAll(pattern)].map((match) => ({ at: match.index, phrase: shown(match[0]), instead })),
  );

const faultsAt = (path: string, text: string, matches: readonly Match[]): readonly Fault[] =>
  [...matches]
    .sort((left, right) => left.at - right.at)
    .map(({ at, ...match }) => ({ path, line: text.slice(0, at).split('\n').length, ...match }));

/** The same number of characters and the same lines, without a word. */
const blank = (text: string): string => text.replaceAll(/[^\n]/g, '_');

/** Fences, inline code and the targets of links are not prose. */
const proseOf = (markdown: string): string =>
  markdown
    .replaceAll(/^ *```.*?^ *```/gms, blank)
    .replaceAll(/`[^`\n]*`/g, blank)
    .replaceAll(/\]\([^)]*\)/g, blank);

/** The phrases in a Markdown text outside its code, in order of line. */
export const faultsInMarkdown = (path: string, markdown: string): readonly Fault[] =>
  faultsAt(path, markdown, matchesIn(proseOf(markdown), PHRASES_OF_MARKDOWN));

const TWO_WORDS = /\S\s+\S/;

/** The text of a literal at its own offsets: the expressions of a template are blank, and an escaped line break is white space. */
const textOf = (literal: ts.StringLiteralLike | ts.TemplateExpression, file: ts.SourceFile): string => {
  const start = literal.getStart(file);
  let text = literal.getText(file);
  if (ts.isTemplateExpression(literal)) {
    for (const { expression } of literal.templateSpans) {
      const from = expression.getStart(file) - start;
      text = text.slice(0, from) + blank(expression.getText(file)) + text.slice(expression.getEnd() - start);
    }
  }
  return text.slice(1, -1).replaceAll(/\\[nrt]/g, '  ');
};

/** The phrases in the string literals and templates of a TypeScript file, in order of line. Comments are not read. */
export const faultsInSource = (path: string, text: string): readonly Fault[] => {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const matches: Match[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      const literal = textOf(node, file);
      const start = node.getStart(file) + 1;
      if (TWO_WORDS.test(literal)) {
        for (const match of matchesIn(literal, PHRASES_OF_STRINGS)) {
          matches.push({ ...match, at: start + match.at });
        }
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return faultsAt(path, text, matches);
};

/** The text of a comment at its own offsets, without the stars in front of its lines. */
const textOfComment = (comment: string): string =>
  comment.replace(/^\/(?:\*\*?|\/)|\*\/$/g, blank).replaceAll(/(?<=\n\s*)(?:\*|\/\/)/g, ' ');

/** The phrases in the comments of a TypeScript file, in order of line. */
export const faultsInComments = (path: string, text: string): readonly Fault[] => {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  // Many nodes begin or end at the same offset, and reading the comments there is most of the work.
  const [starts, ends] = [new Set<number>(), new Set<number>()];
  const visit = (node: ts.Node): void => {
    starts.add(node.getFullStart());
    ends.add(node.getEnd());
    ts.forEachChild(node, visit);
  };
  visit(file);
  const ranges = [
    ...[...starts].flatMap((at) => ts.getLeadingCommentRanges(text, at) ?? []),
    ...[...ends].flatMap((at) => ts.getTrailingCommentRanges(text, at) ?? []),
  ];
  const comments = new Map(ranges.map(({ pos, end }) => [pos, text.slice(pos, end)]));
  const matches = [...comments].flatMap(([start, comment]) =>
    matchesIn(textOfComment(comment), PHRASES_OF_STRINGS).map((match) => ({
      ...match,
      at: start + match.at,
    })),
  );
  return faultsAt(path, text, matches);
};

/** Folders of the root with TypeScript in them. */
export const FOLDERS_WITH_COMMENTS = [
  'src',
  'sim',
  'sqlite',
  'properties',
  'reports',
  'cli',
  'exports',
  'examples',
  'bench',
  'tooling',
];
/** One sentence for each listed phrase in a comment. */
export const checkComments = (sources: ReadonlyMap<string, string>): readonly string[] =>
  [...sources].flatMap(([path, text]) => faultsInComments(path, text)).map(sentenceOf);

/** Files that still have listed phrases, each with the reason. A file that has none any more must leave this list. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ['properties/bank/user.ts', 'the digest of publish-after-save hashes its message'],
]);

const MARKDOWN = [
  'README.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'tooling/release/store-readme.md',
];
const FOLDERS = ['src', 'sim', 'cli', 'reports', 'properties', 'exports'];
/** Tests and their helpers; the sabotages' literals are source text, and docs/scenarios.md has their names. */
const NOT_VISIBLE = /\.(test|\w+-test)\.ts$|test-support|(^|\/)(testing|fixtures|sabotage)\//;

/** The texts of the project that users read, by path from the root. */
export const visibleTexts = (): ReadonlyMap<string, string> => {
  const documents = [
    ...MARKDOWN,
    ...readdirSync(join(ROOT, 'docs'), { recursive: true }).map((name) => `docs/${name}`),
  ]
    .filter((path) => path.endsWith('.md') && existsSync(join(ROOT, path)))
    .map((path) => [path, readFileSync(join(ROOT, path), 'utf8')] as const);
  return new Map([...documents, ...[...readSources(FOLDERS)].filter(([path]) => !NOT_VISIBLE.test(path))]);
};

/** One sentence for each listed phrase in the texts, and for each exception that is none any more. */
export const check = (
  texts: ReadonlyMap<string, string>,
  exceptions: ReadonlyMap<string, string> = EXCEPTIONS,
): readonly string[] => {
  const faults = [...texts].flatMap(([path, text]) =>
    path.endsWith('.md') ? faultsInMarkdown(path, text) : faultsInSource(path, text),
  );
  const faulty = new Set(faults.map(({ path }) => path));
  const clean = [...exceptions.keys()].filter((path) => !faulty.has(path));
  return [
    ...faults.filter(({ path }) => !exceptions.has(path)).map(sentenceOf),
    ...clean.map(
      (path) => `${path} has no listed phrase: remove it from EXCEPTIONS in tooling/prose/prose.ts`,
    ),
  ];
};
