/** The history as text: what a campaign changed in it, and all that is known. */
import {
  formatCount,
  printableLine,
  replayCommand,
  shorten,
  withoutWorkflowCommands,
  wrap,
} from '../format.js';
import { confidenceIn } from '../history/confidence.js';
import {
  FINDING_STATES,
  type FindingState,
  type History,
  type HistoryFinding,
  type Moment,
} from '../history/history.js';
import type { Change } from '../history/update-history.js';
import type { TerminalOptions } from './campaign.js';
import { type Style, terminalStyle } from './style.js';

const COMMIT_CHARACTERS = 10;
const INDENT = '  ';

/** '2026-11-30, commit 0123456789' */
export const momentPhrase = ({ commit, time }: Moment): string =>
  `${time.slice(0, 10)}${commit === undefined ? '' : `, commit ${commit.slice(0, COMMIT_CHARACTERS)}`}`;

/** How much of a finding there was, in a sentence. */
const factsOf = (finding: HistoryFinding): string => {
  const { first, last, since, campaigns, regressions } = finding;
  const seen = `seen by ${formatCount(campaigns, 'campaign')}`;
  const came = regressions === 0 ? '' : `, came back ${formatCount(regressions, 'time')}`;
  switch (finding.state) {
    case 'new':
      return `first seen ${momentPhrase(first)}`;
    case 'ongoing':
      return `since ${momentPhrase(since)}; ${seen}${came}`;
    case 'regressed':
      return `came back ${momentPhrase(since)}; first seen ${momentPhrase(first)}; ${seen}`;
    case 'resolved':
      return `not seen since ${momentPhrase(last)}; ${seen}${came}`;
    default:
      return finding.state satisfies never;
  }
};

/** How far its absence may be believed. */
export const confidencePhrase = (finding: HistoryFinding, history: History): string => {
  const { found, looked, green, missing } = confidenceIn(finding, history);
  const rate = `${found} of ${formatCount(looked, 'seed')} found it`;
  if (missing === 0) return `Gone, with 95 % confidence: ${rate}, ${green} since then did not.`;
  return `Gone with 95 % confidence after ${formatCount(missing, 'more green campaign')} with other seeds: ${rate}, ${green} since then did not.`;
};

const toneOf = (style: Style, state: FindingState): ((text: string) => string) => {
  if (state === 'resolved') return style.good;
  return state === 'ongoing' ? style.warn : style.bad;
};

const WIDTH = Math.max(...FINDING_STATES.map((state) => state.length));

const findingLines = (
  finding: HistoryFinding,
  history: History,
  { columns }: TerminalOptions,
  style: Style,
): readonly string[] => {
  const { state, suite, file, invariant, token } = finding;
  const name = `${printableLine(suite)}: ${printableLine(invariant)}`;
  const indent = ' '.repeat(WIDTH + INDENT.length);
  const told = (text: string): readonly string[] =>
    wrap(`${indent}${text}`, columns, INDENT).map(style.faint);
  return [
    `${toneOf(style, state)(state.padEnd(WIDTH))}${INDENT}${shorten(name, columns - indent.length)}`,
    ...told(`${factsOf(finding)}.`),
    ...(state === 'resolved' ? told(confidencePhrase(finding, history)) : []),
    // One unbroken line, so that it can be copied whatever the terminal's width.
    `${indent}${replayCommand(token, file)}`,
  ];
};

const inOrder = (findings: readonly HistoryFinding[]): readonly HistoryFinding[] =>
  FINDING_STATES.flatMap((state) => findings.filter((finding) => finding.state === state));

const countsOf = (findings: readonly HistoryFinding[]): string =>
  FINDING_STATES.map((state) => `${findings.filter((one) => one.state === state).length} ${state}`).join(
    ', ',
  );

/** What a campaign changed, after a run; '' where there is nothing to say. */
export const renderChanges = (
  changes: readonly Change[],
  history: History,
  options: TerminalOptions,
): string => {
  if (changes.length === 0) return '';
  const style = terminalStyle(options.color);
  const findings = inOrder(changes.map(({ finding }) => finding));
  const lines = findings.flatMap((finding) => findingLines(finding, history, options, style));
  return withoutWorkflowCommands(
    [`${style.strong('History')}: ${countsOf(findings)}`, ...lines, ''].join('\n'),
  );
};

/** All that is known. */
export const renderHistory = (history: History, options: TerminalOptions): string => {
  const style = terminalStyle(options.color);
  const { findings, campaigns } = history;
  const last = campaigns.at(-1);
  const head = `${formatCount(campaigns.length, 'campaign')}${last === undefined ? '' : `, the last one ${momentPhrase(last)}`}; findings: ${countsOf(findings)}`;
  const lines = inOrder(findings).flatMap((finding) => findingLines(finding, history, options, style));
  return withoutWorkflowCommands([head, ...lines, ''].join('\n'));
};
