/**
 * The parts of documents that are made from the code when the site is built. They replace `<!-- generated: NAME -->`, and all up to
 * `<!-- end -->`: readers elsewhere, such as on GitHub, see that text.
 */
import { parseHelp, powercutHelp, powercutReference, storeReference } from './command-reference.js';
import { type Member, membersOf, memberTable } from './type-reference.js';

const MARKER = /^<!-- generated: ([\w-]+) -->\n[\s\S]*?^<!-- end -->$/gm;
const BEGINNING = /^<!-- generated: /gm;

const optionOf = (name: string): string =>
  `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Each setting of a config file, in the words of its option. */
const config = async (): Promise<string> => {
  const { tables } = parseHelp(await powercutHelp(['run', '--help']));
  const options = tables.get('Options') ?? [];
  const textOf = ({ name, text }: Member): string => {
    const flags = [optionOf(name), optionOf(`no-${name}`)];
    const option = options.find(({ term }) => flags.includes(term.split(' ', 1).join()));
    return [option === undefined ? '' : `\`${option.term}\`: ${option.text}.`, text].join(' ').trim();
  };
  return memberTable('setting', membersOf('cli/config/config.ts', 'PowercutConfig'), textOf);
};

const EXPLORE_OPTIONS = 'sim/explore/options.ts';
/** The caller of `exploreSuite` passes these; `testSuite` has its own. */
const NOT_IN_VITEST = ['signal', 'onProgress'];

const GENERATORS: Readonly<Record<string, () => string | Promise<string>>> = {
  powercut: powercutReference,
  'powercut-store': storeReference,
  config,
  'explore-options': () =>
    memberTable(
      'option',
      membersOf(EXPLORE_OPTIONS, 'ExploreOptions').filter(({ name }) => !NOT_IN_VITEST.includes(name)),
    ),
  'test-suite-options': () => memberTable('option', membersOf('exports/vitest.ts', 'TestSuiteOptions')),
  'reporter-options': () =>
    memberTable('option', membersOf('exports/vitest-reporter.ts', 'PowercutReporterOptions')),
  suite: () => memberTable('part', membersOf('sim/suite/suite.ts', 'SuiteDefinition')),
  limits: () => memberTable('limit', membersOf('sim/suite/suite.ts', 'Limits')),
  clock: () => memberTable('setting', membersOf('sim/suite/suite.ts', 'ClockSettings')),
};

/** The document with its generated parts. @throws Error a marker names no generator, or has no end */
export const withGenerated = async (path: string, markdown: string): Promise<string> => {
  const texts = new Map<string, string>();
  const markers = [...markdown.matchAll(MARKER)];
  if (markers.length !== (markdown.match(BEGINNING) ?? []).length)
    throw new Error(`${path}: a generated part has no <!-- end -->`);
  for (const [, name = ''] of markers) {
    const generate = GENERATORS[name];
    if (generate === undefined) throw new Error(`${path}: there is no generator ${name}`);
    texts.set(name, await generate());
  }
  return markdown.replaceAll(MARKER, (_, name: string) => texts.get(name) ?? '');
};
