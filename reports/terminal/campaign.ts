/**
 * What `powercut run` prints: the comparison, then what needs a person's attention, then one line to sum up.
 *
 * Made to fit a screen. Every story of a surprise is told in full; of an expected violation the simplest one
 * is, since it is what a reader came to see, and the others are named.
 */
import type { CampaignResult, SuiteResult, Violation } from '../../sim/result.js';
import { formatCount, formatSeconds, printable, replayCommand, wrap } from '../format.js';
import {
  campaignPhrase,
  emptiness,
  emptySuites,
  imagesPhrase,
  reachLines,
  reachPhrase,
  surprises,
  verdictPhrase,
} from '../verdict.js';
import type { Style } from './style.js';
import { terminalStyle } from './style.js';
import { comparisonTable } from './table.js';

export interface TerminalOptions {
  /** Width of the terminal. */
  readonly columns: number;
  readonly color: boolean;
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

const told = (
  violation: Violation,
  suite: SuiteResult,
  options: TerminalOptions,
  style: Style,
): readonly string[] => [
  `${INDENT}${style.bad('✗')} ${style.strong(printable(violation.invariant))} ${style.faint(`(${sizePhrase(violation)})`)}`,
  ...indented(violation.story, options.columns),
  // One unbroken line, so that it can be copied whatever the terminal's width.
  `${INDENT}${style.faint('replay:')} ${replayCommand(violation.token, suite.file)}`,
];

const brief = (others: readonly Violation[], columns: number, style: Style): readonly string[] => {
  if (others.length === 0) return [];
  const names = others.map((violation) => printable(violation.invariant)).join(', ');
  return wrap(`Broken as well, by runs of their own in the report: ${names}`, columns - 4).map(
    (line, index) => `${INDENT}${index === 0 ? style.bad('✗') : ' '} ${line}`,
  );
};

const storiesOf = (suite: SuiteResult, options: TerminalOptions, style: Style): readonly string[] => {
  const [first, ...others] = simplest(suite.violations);
  const title = `${style.strong(printable(suite.name))}: ${printable(verdictPhrase(suite))}`;
  if (first === undefined) {
    const lines = [`${imagesPhrase(suite.exploration)};`, reachPhrase(suite.exploration)];
    return [title, ...lines.flatMap((line) => indented(line, options.columns)), ''];
  }
  const rest = suite.asExpected
    ? brief(others, options.columns, style)
    : others.flatMap((violation) => ['', ...told(violation, suite, options, style)]);
  return [title, ...told(first, suite, options, style), ...rest, ''];
};

/** The whole text, ending in a line feed. Free of escape sequences unless `color` is set. */
export const renderCampaign = (result: CampaignResult, options: TerminalOptions): string => {
  const style = terminalStyle(options.color);
  const failed = surprises(result).length > 0;
  const untried = result.suites.length === 0 || emptySuites(result).length > 0;
  const remarkable = result.suites.filter(
    (suite) => !suite.asExpected || suite.violations.length > 0 || emptiness(suite) !== undefined,
  );
  // Surprises come last, next to the prompt, where the eye is when the run ends.
  const ordered = [...remarkable].sort((a, b) => Number(b.asExpected) - Number(a.asExpected));
  const phrase = campaignPhrase(result);
  const sum = untried || result.interrupted ? style.warn(phrase) : style.good(phrase);
  const reach = reachLines(result).flatMap((line) => wrap(printable(line), options.columns - 2));
  return [
    ...(result.suites.length === 0
      ? []
      : [...comparisonTable(result, options.columns, style), ...reach.map((line) => style.faint(line)), '']),
    ...ordered.flatMap((suite) => storiesOf(suite, options, style)),
    failed ? style.bad(phrase) : sum,
    style.faint(
      `seed ${result.seed} · digest ${printable(result.digest)} · ${formatSeconds(result.seconds)}`,
    ),
    '',
  ].join('\n');
};
