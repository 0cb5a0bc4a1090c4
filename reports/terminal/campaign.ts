/**
 * What `powercut run` prints: the comparison, then what needs a person's attention, then one line to sum up.
 *
 * Made to fit a screen. Of an unexpected violation the simplest failure is printed in full, and the others in a sentence each.
 * Of an expected one the gist of the simplest is printed, and the others are named. Verbose prints everything.
 */
import type { CampaignResult, SuiteResult, Violation } from '../../sim/result/result.js';
import {
  formatCount,
  formatSeconds,
  printable,
  printableLine,
  replayCommand,
  shorten,
  stateLines,
  withoutWorkflowCommands,
  wrap,
} from '../format.js';
import { noteLines } from '../notes.js';
import { gistOf } from '../short-story.js';
import {
  campaignPhrase,
  imagesPhrase,
  noveltyLines,
  reachLines,
  reachPhrase,
  surprises,
  undecidedSuites,
  verdictPhrase,
} from '../verdict.js';
import type { Style } from './style.js';
import { terminalStyle } from './style.js';
import { comparisonTable } from './table.js';

export interface TerminalOptions {
  /** Width of the terminal; Infinity: no line is broken or cut. */
  readonly columns: number;
  readonly color: boolean;
  /** Every story in full, and every suite. Default: what fits a screen. */
  readonly verbose?: boolean;
  /** Only what is not as expected, and the last two lines. */
  readonly brief?: boolean;
}

const INDENT = '  ';

const indented = (text: string, columns: number): readonly string[] =>
  printable(text)
    .split('\n')
    .flatMap((line) => wrap(line, columns - INDENT.length, INDENT))
    .map((line) => (line === '' ? '' : INDENT + line));

const simplest = (violations: readonly Violation[]): readonly Violation[] =>
  [...violations].sort((a, b) => a.commands - b.commands || a.crashes - b.crashes);

const sizePhrase = (violation: Violation): string =>
  `${formatCount(violation.commands, 'command')}, ${formatCount(violation.crashes, 'power cut')}`;

/** How much of a failure is printed: its story, the gist of it, or one sentence. */
type Length = 'story' | 'gist' | 'message';

const TEXTS: Readonly<Record<Length, (violation: Violation) => string>> = {
  story: ({ story }) => story,
  gist: ({ story }) => gistOf(story).join('\n'),
  message: ({ message }) => message,
};

const told = (
  violation: Violation,
  suite: SuiteResult,
  length: Length,
  options: TerminalOptions,
  style: Style,
): readonly string[] => [
  `${INDENT}${style.bad('✗')} ${style.strong(printableLine(violation.invariant))} ${style.faint(`(${sizePhrase(violation)})`)}`,
  ...indented(TEXTS[length](violation), options.columns),
  ...stateLines(violation).map((line) => INDENT + shorten(line, options.columns - INDENT.length)),
  // One unbroken line, so that it can be copied whatever the terminal's width.
  `${INDENT}${style.faint(length === 'story' ? 'replay:' : 'the whole story:')} ${replayCommand(violation.token, suite.file)}`,
];

const brief = (others: readonly Violation[], columns: number, style: Style): readonly string[] => {
  if (others.length === 0) return [];
  const names = others.map((violation) => printableLine(violation.invariant)).join(', ');
  return wrap(`Also broken (see the report or --verbose): ${names}`, columns - 4).map(
    (line, index) => `${INDENT}${index === 0 ? style.bad('✗') : ' '} ${line}`,
  );
};

const notesOf = (suite: SuiteResult, columns: number, style: Style): readonly string[] =>
  noteLines(suite).flatMap((line) =>
    wrap(`note: ${printableLine(line)}`, columns - INDENT.length, INDENT).map(
      (part) => INDENT + style.faint(part),
    ),
  );

const storiesOf = (suite: SuiteResult, options: TerminalOptions, style: Style): readonly string[] => {
  const [first, ...others] = simplest(suite.violations);
  const title = `${style.strong(printableLine(suite.name))}: ${printableLine(verdictPhrase(suite))}`;
  if (first === undefined) {
    const lines = [`${imagesPhrase(suite.exploration)};`, reachPhrase(suite.exploration)];
    return [
      title,
      ...lines.flatMap((line) => indented(line, options.columns)),
      ...notesOf(suite, options.columns, style),
      '',
    ];
  }
  const all = options.verbose === true;
  const ofFirst = all || !suite.asExpected ? 'story' : 'gist';
  const ofOthers = all ? 'story' : 'message';
  const rest =
    suite.asExpected && !all
      ? brief(others, options.columns, style)
      : others.flatMap((violation) => ['', ...told(violation, suite, ofOthers, options, style)]);
  return [
    title,
    ...told(first, suite, ofFirst, options, style),
    ...rest,
    ...notesOf(suite, options.columns, style),
    '',
  ];
};

/** The whole text, ending in a line feed. Free of escape sequences unless `color` is set. */
export const renderCampaign = (result: CampaignResult, options: TerminalOptions): string => {
  const style = terminalStyle(options.color);
  const failed = surprises(result).length > 0;
  const untried = result.suites.length === 0 || undecidedSuites(result).length > 0;
  const isBrief = options.brief === true;
  const remarkable = result.suites.filter(
    (suite) =>
      !suite.asExpected ||
      (!isBrief && (options.verbose === true || suite.violations.length > 0 || suite.notes.length > 0)),
  );
  // Surprises come last, next to the prompt, where the eye is when the run ends.
  const ordered = [...remarkable].sort((a, b) => Number(b.asExpected) - Number(a.asExpected));
  const phrase = campaignPhrase(result);
  const sum = untried || result.interrupted ? style.warn(phrase) : style.good(phrase);
  const reach = [...reachLines(result), ...noveltyLines(result)].flatMap((line) =>
    wrap(printableLine(line), options.columns - 2),
  );
  const lines = [
    ...(isBrief || result.suites.length === 0
      ? []
      : [...comparisonTable(result, options.columns, style), ...reach.map((line) => style.faint(line)), '']),
    ...ordered.flatMap((suite) => storiesOf(suite, options, style)),
    failed ? style.bad(phrase) : sum,
    style.faint(
      `seed ${result.seed} · digest ${printableLine(result.digest)} · ${formatSeconds(result.seconds)}`,
    ),
    '',
  ];
  return withoutWorkflowCommands(lines.join('\n'));
};
