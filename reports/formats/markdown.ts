/** A result as Markdown: for a pull request's summary, an issue, a wiki. GitHub's dialect. */
import type { CampaignResult, SuiteResult, Violation } from '../../sim/result/result.js';
import {
  fenced,
  formatCount,
  formatSeconds,
  printable,
  replayCommand,
  stateLines,
  withoutWorkflowCommands,
} from '../format.js';
import { noteLines } from '../notes.js';
import { columnsOf } from '../result/comparison.js';
import { campaignPhrase, imagesPhrase, reachPhrase, verdictPhrase } from '../verdict.js';

/** Text in which nothing is markup: entities for what HTML reads, backslashes for what Markdown reads. */
const markdownText = (text: string): string =>
  printable(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_[\]#|~]/g, '\\$&')
    .replace(/\n/g, ' ');

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const table = (result: CampaignResult): readonly string[] => {
  const columns = columnsOf(result);
  return [
    row(['suite', ...columns.map((column) => column.heading.join(' ').trim())]),
    row([':--', ...columns.map((column) => (column.align === 'left' ? ':--' : '--:'))]),
    ...result.suites.map((suite) =>
      row([markdownText(suite.name), ...columns.map((column) => column.cell(suite).text)]),
    ),
  ];
};

const violationSection = (violation: Violation, suite: SuiteResult): readonly string[] => [
  `**${markdownText(violation.invariant)}** (${formatCount(violation.commands, 'command')}, ${formatCount(violation.crashes, 'power cut')}): ${markdownText(violation.message)}`,
  '',
  fenced([...stateLines(violation), violation.story].join('\n')),
  '',
  fenced(replayCommand(violation.token, suite.file)),
  '',
];

const suiteSection = (suite: SuiteResult): readonly string[] => [
  `### ${markdownText(suite.name)}: ${markdownText(verdictPhrase(suite))}`,
  '',
  `${imagesPhrase(suite.exploration)}; ${markdownText(reachPhrase(suite.exploration))}. Disk model \`${suite.disk}\`.`,
  '',
  ...suite.violations.flatMap((violation) => violationSection(violation, suite)),
  ...noteLines(suite).flatMap((line) => [`- Note: ${markdownText(line)}`, '']),
];

const documentOf = (result: CampaignResult): string =>
  [
    '## Powercut',
    '',
    campaignPhrase(result),
    '',
    ...(result.suites.length === 0 ? [] : [...table(result), '']),
    ...result.suites.flatMap(suiteSection),
    `Seed ${result.seed}, digest ${markdownText(result.digest)}, ${formatSeconds(result.seconds)}.`,
    '',
  ].join('\n');

/** The whole document: the comparison, then a section for each suite. */
export const renderMarkdown = (result: CampaignResult): string => withoutWorkflowCommands(documentOf(result));
