/** The reference of a command line, from the help that it prints. */
import { Writable } from 'node:stream';
import { runCli } from '../../../cli/program.js';
import { runStoreCli } from '../../../cli/store/program.js';
import { contextWith } from '../../../cli/testing/context.js';
import { realEnvironment } from '../../../src/real-environment.js';
import { ROOT } from '../../sources.js';

interface Row {
  readonly term: string;
  readonly text: string;
}

interface Help {
  readonly usage: string;
  readonly description: string;
  readonly tables: ReadonlyMap<string, readonly Row[]>;
}

const HEADING = /^(Arguments|Options|Commands):$/;
const ROW = /^ {2}(\S.*?)(?: {2,}(\S.*))?$/;

/** Reads what commander prints: usage, description, and tables whose texts may be wrapped. */
export const parseHelp = (help: string): Help => {
  const [usage = '', ...lines] = help.split('\n');
  const description: string[] = [];
  const tables = new Map<string, Row[]>();
  let rows: Row[] | undefined;
  let isAtEnd = false;
  for (const line of lines) {
    const heading = HEADING.exec(line)?.[1];
    const row = ROW.exec(line);
    if (heading !== undefined) {
      rows = [];
      tables.set(heading, rows);
    } else if (rows === undefined) {
      description.push(line);
    } else if (row !== null && !isAtEnd) {
      rows.push({ term: row[1] ?? '', text: row[2] ?? '' });
    } else if (/^ {3,}\S/.test(line)) {
      const last = rows.pop();
      if (last !== undefined) rows.push({ ...last, text: `${last.text} ${line.trim()}`.trim() });
    } else if (line !== '') {
      isAtEnd = true;
    }
  }
  return {
    usage: usage.replace(/^Usage: /, ''),
    description: description.join(' ').trim(),
    tables,
  };
};

const sentence = (text: string): string => {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
};

const table = (name: string, rows: readonly Row[]): readonly string[] => [
  `| ${name.toLowerCase().replace(/s$/, '')} | meaning |`,
  '|---|---|',
  ...rows.map(({ term, text }) => `| \`${term}\` | ${text.replaceAll('|', '\\|')} |`),
  '',
];

const NOT_LISTED = /^(-h, --help|-V, --version|help \[command\])/;

const section = (name: string, help: string): readonly string[] => {
  const { usage, description, tables } = parseHelp(help);
  const shown = [...tables].flatMap(([heading, rows]) => {
    const listed = rows.filter(({ term }) => !NOT_LISTED.test(term));
    return listed.length === 0 ? [] : table(heading, listed);
  });
  return [`## ${name}`, '', sentence(description), '', '```text', usage, '```', '', ...shown];
};

type PrintHelp = (words: readonly string[]) => Promise<string>;

const reference = async (name: string, print: PrintHelp): Promise<string> => {
  const { tables } = parseHelp(await print(['--help']));
  const commands = (tables.get('Commands') ?? [])
    .map(({ term }) => term.split(' ', 1).join())
    .filter((command) => command !== 'help');
  const sections: string[] = [];
  for (const command of commands)
    sections.push(...section(`${name} ${command}`, await print([command, '--help'])));
  return sections.join('\n').trimEnd();
};

/** What `powercut` prints for these words. */
export const powercutHelp: PrintHelp = async (words) => {
  const parts: string[] = [];
  const output = new Writable({
    write: (part: unknown, _encoding, done) => {
      parts.push(String(part));
      done();
    },
  });
  await runCli(words, contextWith({ stdout: output, stderr: output, directory: ROOT }));
  return parts.join('');
};

/** Every command of `powercut`. */
export const powercutReference = (): Promise<string> => reference('powercut', powercutHelp);

/** Every command of `powercut-store`. */
export const storeReference = (): Promise<string> =>
  reference('powercut-store', async (words) => {
    const lines: string[] = [];
    await runStoreCli(words, {
      environment: realEnvironment(),
      print: (line) => void lines.push(line),
      keptUp: async () => {},
      complain: (line) => void lines.push(line),
    });
    return lines.join('\n');
  });
