/**
 * A result as JUnit XML, the dialect that CI servers read: one test case for each suite.
 *
 * A case fails when its verdict is not the expected one, and is an error when it is undecided, exactly as the exit code says:
 * a design that is expected to be unsafe and is shown to be passes, with its stories in the output.
 */
import type { CampaignResult, SuiteResult, Violation } from '../../sim/result/result.js';
import { harmless, replayCommand, stateLines } from '../format.js';
import { imagesPhrase, reachPhrase, surprises, undecidedSuites, verdictPhrase } from '../verdict.js';

// What XML 1.0 cannot carry in any form, not even as a character reference; lone surrogates among them.
const UNSPEAKABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

/** Text for an attribute or an element, in which nothing is markup. */
export const xmlText = (text: string): string =>
  text
    .replace(UNSPEAKABLE, '\ufffd')
    .replace(/[&<>"'\n\r\t]/g, (character) => ENTITIES[character] ?? character);

/** Text from outside, in which nothing is markup and all is visible. */
const shown = (text: string): string => xmlText(harmless(text));

const told = (violation: Violation, suite: SuiteResult): string =>
  [
    `${violation.invariant}: ${violation.message}`,
    ...stateLines(violation),
    violation.story,
    replayCommand(violation.token, suite.file),
    '',
  ].join('\n');

/** The element that tells a CI server what is wrong with a suite; nothing where its verdict is as expected. */
const outcome = (suite: SuiteResult, stories: string): readonly string[] => {
  if (suite.asExpected) return [];
  const message = shown(verdictPhrase(suite));
  if (suite.verdict !== 'undecided')
    return [`      <failure message="${message}">${shown(stories)}</failure>`];
  const [reason] = suite.undecided ?? [];
  return [`      <error type="${shown(reason?.code ?? '')}" message="${message}">${shown(stories)}</error>`];
};

const testCase = (suite: SuiteResult): readonly string[] => {
  const reach = `${imagesPhrase(suite.exploration)}; ${reachPhrase(suite.exploration)}`;
  const stories = suite.violations.map((violation) => told(violation, suite)).join('\n');
  return [
    `    <testcase classname="powercut" name="${shown(suite.name)}" time="${suite.exploration.seconds}">`,
    ...outcome(suite, stories),
    `      <system-out>${shown(`${verdictPhrase(suite)}\n${reach}\n${suite.asExpected ? stories : ''}`)}</system-out>`,
    '    </testcase>',
  ];
};

/** The whole document, in UTF-8. */
export const renderJunit = (result: CampaignResult): string => {
  const counts = `tests="${result.suites.length}" failures="${surprises(result).length}" errors="${undecidedSuites(result).length}" skipped="0" time="${result.seconds}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="powercut" ${counts}>`,
    ...result.suites.flatMap(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
};
