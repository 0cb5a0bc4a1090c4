/**
 * What GitHub Actions shows of a result: annotations at the lines where the power failed, and a step summary.
 *
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
import type { CampaignResult, SuiteResult } from '../../sim/result/result.js';
import { printable, replayCommand } from '../format.js';
import { verdictPhrase } from '../verdict.js';
import { renderMarkdown } from './markdown.js';

/** A workflow command is one line: nothing in a message may begin another command. */
const commandText = (text: string): string =>
  printable(text)
    .replace(/%/g, '%25')
    .replace(/\n/g, '%0A')
    .replace(/##(?=\[)/g, '#\\u0023');

const propertyText = (text: string): string => commandText(text).replace(/:/g, '%3A').replace(/,/g, '%2C');

const annotation = (title: string, message: string, place = ''): string =>
  `::error ${place}title=${propertyText(title)}::${commandText(message)}`;

/** The first step of the way after which a power cut broke the invariant, as far as it is in a file. */
const placeOf = (suite: SuiteResult, invariant: string): string => {
  const step = suite.coverage.path.find(
    ({ gap, site }) => site !== undefined && gap.invariants.includes(invariant),
  );
  if (step?.site === undefined) return '';
  return `file=${propertyText(step.site.file)},line=${step.site.line},`;
};

const annotationsOf = (suite: SuiteResult): readonly string[] => {
  if (suite.asExpected) return [];
  if (suite.verdict === 'undecided' || suite.violations.length === 0)
    return [annotation(suite.name, verdictPhrase(suite))];
  return suite.violations.map((violation) =>
    annotation(
      `${suite.name}: ${violation.invariant}`,
      `${violation.message}\n\n${violation.story}\n\n${replayCommand(violation.token, suite.file)}`,
      placeOf(suite, violation.invariant),
    ),
  );
};

/** Workflow commands, one a line: an error for each violation that was not expected. */
export const renderAnnotations = (result: CampaignResult): string =>
  result.suites
    .flatMap(annotationsOf)
    .map((line) => `${line}\n`)
    .join('');

/** GitHub refuses a step's summary above this many bytes. */
const SUMMARY_BYTES_MAX = 1_048_576;

/** The Markdown report, cut at a line's end where GitHub would refuse it whole. */
export const renderStepSummary = (result: CampaignResult): string => {
  const text = renderMarkdown(result);
  if (Buffer.byteLength(text) <= SUMMARY_BYTES_MAX) return text;
  const note = '\n\nThe rest is in the report.\n';
  const kept = Buffer.from(text)
    .subarray(0, SUMMARY_BYTES_MAX - note.length)
    .toString('utf8');
  return kept.slice(0, Math.max(0, kept.lastIndexOf('\n'))) + note;
};
