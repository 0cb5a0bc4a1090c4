/** `powercut init`: writes a first suite and the files around it. Existing files stay as they are. */
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { harmlessLine } from '../../reports/format.js';
import { errorCode } from '../../sim/util/errors.js';
import type { Context, ExitCode } from '../context.js';
import { messageOf, UsageError } from '../usage-error.js';
import { filesFor, IGNORED, type Project, REPORTERS, VITEST_CONFIGS } from './init-files.js';

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The text of a file; empty where there is none. */
const textOf = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((thrown: unknown) => {
    if (errorCode(thrown) === 'ENOENT') return '';
    throw thrown;
  });

/** Which packages a project names in its package.json. */
const packagesOf = async (directory: string): Promise<ReadonlySet<string>> => {
  const text = await textOf(join(directory, 'package.json'));
  if (text === '') return new Set();
  const manifest = JSON.parse(text) as Readonly<Record<string, unknown>>; // anything else has none of these fields
  return new Set(
    ['dependencies', 'devDependencies'].flatMap((field) => Object.keys(Object(manifest[field]) as object)),
  );
};

/** The name of the config that Vitest reads here. */
const vitestConfigIn = async (directory: string): Promise<string | undefined> => {
  const names = new Set(
    await readdir(directory).catch((thrown: unknown) => {
      if (errorCode(thrown) === 'ENOENT') return [];
      throw thrown;
    }),
  );
  return VITEST_CONFIGS.find((name) => names.has(name));
};

const projectIn = async (directory: string, vitestConfig: string | undefined): Promise<Project> => {
  const packages = await packagesOf(directory);
  return {
    hasTypeScript: packages.has('typescript') || (await exists(join(directory, 'tsconfig.json'))),
    hasVitest: packages.has('vitest'),
    hasVitestConfig: vitestConfig !== undefined,
  };
};

/** Adds what is missing to .gitignore; false: nothing is. */
const ignore = async (path: string): Promise<boolean> => {
  const text = await textOf(path);
  const lines = text.split('\n').map((line) => line.trim());
  const missing = IGNORED.filter((line) => !lines.includes(line));
  if (missing.length === 0) return false;
  const start = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  await writeFile(path, `${start}${missing.join('\n')}\n`);
  return true;
};

interface Initialised {
  readonly written: readonly string[];
  readonly kept: readonly string[];
  /** A Vitest config that was there, and does not name the reporter. */
  readonly lackingReporter: string | undefined;
}

/** Writes the files; returns which it wrote, and which were there. */
const writeAll = async (directory: string): Promise<Initialised> => {
  const written: string[] = [];
  const vitestConfig = await vitestConfigIn(directory);
  const project = await projectIn(directory, vitestConfig);
  const kept = project.hasVitest && vitestConfig !== undefined ? [vitestConfig] : [];
  const [lackingReporter] = await Promise.all(
    kept.map(async (name) =>
      (await textOf(join(directory, name))).includes('powercut/vitest-reporter') ? undefined : name,
    ),
  );
  for (const [name, text] of filesFor(project)) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    // Exclusively: what somebody made meanwhile stays, too.
    const isNew = await writeFile(path, text, { flag: 'wx' }).then(
      () => true,
      (thrown: unknown) => {
        if (errorCode(thrown) === 'EEXIST') return false;
        throw thrown;
      },
    );
    (isNew ? written : kept).push(name);
  }
  ((await ignore(join(directory, '.gitignore'))) ? written : kept).push('.gitignore');
  return { written, kept, lackingReporter };
};

/** @throws UsageError OUTPUT_UNWRITABLE */
export const initCommand = async (argument: string, context: Context): Promise<ExitCode> => {
  const directory = resolve(context.directory, argument);
  const { written, kept, lackingReporter } = await writeAll(directory).catch((thrown: unknown) => {
    throw new UsageError('OUTPUT_UNWRITABLE', `Cannot set up '${argument}': ${messageOf(thrown)}`);
  });
  const { stdout } = context;
  if (written.length > 0) stdout.write(`Written: ${written.join(', ')}\n`);
  if (kept.length > 0) stdout.write(`Already there, unchanged: ${kept.join(', ')}\n`);
  if (lackingReporter !== undefined)
    stdout.write(`Add to 'test' in ${lackingReporter}, for the report: ${REPORTERS}\n`);
  const suite = [...written, ...kept].find((name) => name.startsWith('counter.suite.')) ?? '';
  const place = argument === '.' ? '' : `cd ${harmlessLine(argument)} && `;
  stdout.write(`Next: ${place}npx powercut run ${suite}\n`);
  if (written.includes(suite))
    stdout.write(
      'It fails: the counter loses an addition. Fix it, then put your own program in its place.\n',
    );
  return 0;
};
