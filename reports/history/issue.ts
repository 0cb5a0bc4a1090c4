/**
 * A finding as an issue on GitHub: its text, and what becomes of the issue when the finding changes. Pure; the calls are in
 * `cli/history/github-issues.ts`.
 *
 * Texts of suites are hostile. They stand in blocks of code only, where nothing is a mention, a link or markup.
 */
import { fenced, formatCount, printableLine, replayCommand, shorten } from '../format.js';
import { confidenceIn } from './confidence.js';
import {
  FINDING_STATES,
  type FindingState,
  type History,
  type HistoryFinding,
  type Moment,
} from './history.js';

/** An issue that has Powercut's label. */
export interface Issue {
  readonly number: number;
  readonly state: 'open' | 'closed';
  /** Of a closed one: 'completed', 'not_planned', 'duplicate'; null where GitHub does not know. */
  readonly reason: string | null;
  /** Of a closed one, in milliseconds since 1970. */
  readonly closedMs: number;
  readonly body: string;
}

/** One step for one finding. Where it has a comment, people who watch the issue get a message. */
export type IssueStep =
  | { readonly kind: 'open'; readonly title: string; readonly body: string }
  | { readonly kind: 'update'; readonly number: number; readonly body: string }
  | {
      readonly kind: 'close' | 'reopen';
      readonly number: number;
      readonly body: string;
      readonly comment: string;
    };

/** Characters, each of two units at the most: GitHub takes 256 units. */
const TITLE_LENGTH_MAX = 120;
const TEXT_LENGTH_MAX = 1_000;
/** GitHub takes 65,536 characters for a body. */
const COMMAND_LENGTH_MAX = 40_000;

const END = '<!-- /powercut-finding -->';
const MARKER = new RegExp(`^<!-- powercut-finding: ([0-9a-f]{16}) (${FINDING_STATES.join('|')}) -->`);

/** The finding that an issue is of, with the state that its text has; undefined for an issue that Powercut did not open. */
export const findingOf = (
  body: string,
): { readonly identity: string; readonly state: FindingState } | undefined => {
  const [, identity, name] = MARKER.exec(body) ?? [];
  const state = FINDING_STATES.find((one) => one === name);
  return identity === undefined || state === undefined ? undefined : { identity, state };
};

/** A block of code that holds no comment of HTML: our own section ends with one. */
const block = (text: string): string => fenced(text.replaceAll('<!--', '<\\u0021--'));

const line = (text: string): string => printableLine(shorten(text, TEXT_LENGTH_MAX));

/** '2026-11-30, commit 37c6693a1f': GitHub makes a link of the commit. */
const moment = ({ time, commit }: Moment): string =>
  `${time.slice(0, 10)}${commit === undefined ? '' : `, commit ${commit}`}`;

const replayOf = ({ token, file }: HistoryFinding): readonly string[] => {
  const command = replayCommand(token, file);
  return command.length > COMMAND_LENGTH_MAX
    ? ['Its token is too long for an issue: `npx powercut history --json` prints it.']
    : ['Replay it:', '', block(command)];
};

/** All that Powercut writes into the body of an issue: the same for the same finding. */
export const issueSection = (finding: HistoryFinding): string => {
  const { identity, state, suite, invariant, statement, since, first, last, campaigns, regressions } =
    finding;
  return [
    `<!-- powercut-finding: ${identity} ${state} -->`,
    'Powercut found a run that breaks an invariant. It keeps this text up to date; text that you write below stays.',
    '',
    block([`suite:     ${line(suite)}`, `invariant: ${line(invariant)}`, line(statement)].join('\n')),
    '',
    '| | |',
    '|---|---|',
    `| state | **${state}** since ${moment(since)} |`,
    `| first seen | ${moment(first)} |`,
    `| last seen | ${moment(last)} |`,
    `| seen by | ${formatCount(campaigns, 'campaign')} |`,
    ...(regressions === 0 ? [] : [`| came back | ${formatCount(regressions, 'time')} |`]),
    `| smallest run | ${formatCount(finding.commands, 'command')}, ${formatCount(finding.crashes, 'crash', 'crashes')} |`,
    '',
    ...replayOf(finding),
    END,
  ].join('\n');
};

/** The body with our section replaced, and with all that others have written. */
const bodyWith = (section: string, before: string): string => {
  const at = before.indexOf(END);
  if (at >= 0) return section + before.slice(at + END.length);
  // Somebody removed the end: nothing is lost.
  return `${section}\n\n${before.replace(MARKER, '').trimStart()}`;
};

const titleOf = ({ invariant, suite }: HistoryFinding): string =>
  [...printableLine(`Powercut: ${invariant} (${suite})`)].slice(0, TITLE_LENGTH_MAX).join('');

const resolvedText = (finding: HistoryFinding, history: History): string => {
  const { missing } = confidenceIn(finding, history);
  const more =
    missing === 0
      ? 'It is gone with 95 % confidence.'
      : `After ${formatCount(missing, 'more green campaign')} it is gone with 95 % confidence.`;
  return `Resolved: ${moment(finding.since)}. A campaign looked no less hard and did not see it. ${more}`;
};

/** Whether it was seen after somebody closed the issue as done. An issue that is closed for another reason stays so. */
const isBack = ({ last }: HistoryFinding, { reason, closedMs }: Issue): boolean =>
  (reason === null || reason === 'completed') && Date.parse(last.time) > closedMs;

/**
 * What to do for a finding with its issue, or without one; undefined: nothing. Doing it, and calling this again, gives undefined.
 * A resolved finding whose issue somebody opened again is left alone.
 */
export const issueStep = (
  finding: HistoryFinding,
  issue: Issue | undefined,
  history: History,
): IssueStep | undefined => {
  const section = issueSection(finding);
  const isResolved = finding.state === 'resolved';
  if (issue === undefined)
    return isResolved ? undefined : { kind: 'open', title: titleOf(finding), body: section };
  const { number } = issue;
  const before = issue.body.replaceAll('\r\n', '\n');
  const body = bodyWith(section, before);
  if (isResolved) {
    if (issue.state === 'closed' || findingOf(before)?.state === 'resolved') return undefined;
    return { kind: 'close', number, body, comment: resolvedText(finding, history) };
  }
  if (issue.state === 'closed') {
    if (!isBack(finding, issue)) return undefined;
    return { kind: 'reopen', number, body, comment: `Seen again: ${moment(finding.last)}.` };
  }
  return body === before ? undefined : { kind: 'update', number, body };
};
