/** The verdict of a campaign: whether every suite has its expected verdict, and the words for it. */
import type { CampaignResult, Exploration, SuiteResult } from '../sim/result/result.js';
import { formatCount, formatNumber } from './format.js';
import { stopPhrases } from './stop-phrase.js';

/** The suites with a verdict that is not the expected one: these make the exit code 1. */
export const surprises = (result: CampaignResult): readonly SuiteResult[] =>
  result.suites.filter((suite) => !suite.asExpected && suite.verdict !== 'undecided');

/** The suites without a verdict: these make the exit code 3. */
export const undecidedSuites = (result: CampaignResult): readonly SuiteResult[] =>
  result.suites.filter((suite) => suite.verdict === 'undecided');

/** Why a suite has no verdict, in a sentence or several; '' where it has one. */
const undecidedPhrase = ({ undecided = [] }: SuiteResult): string =>
  undecided.map(({ message }) => message).join(' ');

/**
 * 0: every verdict is as its suite expects. 1: some verdict is not. 3: no such verdict, and some suite is undecided, was not
 * begun before an interruption, or there is no suite at all.
 */
export const exitCodeOf = (result: CampaignResult): 0 | 1 | 3 => {
  if (surprises(result).length > 0) return 1;
  const isDecided = result.suites.length > 0 && !result.interrupted && undecidedSuites(result).length === 0;
  return isDecided ? 0 : 3;
};

/** 'violated, though expected safe'. */
export const verdictPhrase = (suite: SuiteResult): string => {
  if (suite.verdict === 'undecided') return `undecided: ${undecidedPhrase(suite)}`;
  if (suite.verdict === 'holds') {
    return suite.asExpected
      ? 'holds, as expected'
      : 'holds, though expected unsafe: the tool did not find the fault';
  }
  return suite.asExpected ? 'violated, as expected' : 'violated, though expected safe';
};

const cutsPhrase = ({ depth }: Exploration): string => `up to ${formatCount(depth, 'successive power cut')}`;

/** 'every power cut to any depth' or 'up to 2 power cuts; stopped by: --depth 2'. */
export const reachPhrase = (exploration: Exploration): string => {
  if (exploration.closed) return 'closed: every power cut, to any depth, of these workloads';
  const cuts = cutsPhrase(exploration);
  const stops = stopPhrases(exploration.stopReasons);
  return stops === '' ? cuts : `${cuts}; stopped by ${stops}`;
};

/** '5 of 8 workloads closed, the others explored to 2 successive crashes or more'; empty where there is nothing to add. */
const workloadsPhrase = ({ closed, reach = [] }: Exploration): string => {
  const open = reach.filter((workload) => !workload.closed);
  if (closed || open.length === 0) return '';
  const crashes = formatCount(
    Math.min(...open.map((workload) => workload.crashes)),
    'successive crash',
    'successive crashes',
  );
  return open.length === reach.length
    ? `each through ${crashes}`
    : `${reach.length - open.length} of ${reach.length} closed, the others through ${crashes}`;
};

const shortReach = (exploration: Exploration): string => {
  if (exploration.closed) return 'closed';
  const stops = stopPhrases(exploration.stopReasons);
  const far = workloadsPhrase(exploration);
  const reach = stops === '' ? cutsPhrase(exploration) : `stopped by ${stops}`;
  return far === '' ? reach : `${far}; ${reach}`;
};

/**
 * How far each suite was explored, a line for those that went equally far: 'Explored in sync-on-start,
 * one-transaction: 8 workloads, stopped by depth 2; 200 random runs.' A green row is worth what this line says.
 */
export const reachLines = ({ suites }: CampaignResult): readonly string[] => {
  const groups = new Map<string, string[]>();
  for (const { name, exploration } of suites) {
    const { workloads, runs } = exploration;
    const drawn = runs === 0 ? '' : `; ${formatCount(runs, 'random run')}`;
    const reach = `${formatCount(workloads, 'workload')}, ${shortReach(exploration)}${drawn}`;
    groups.set(reach, [...(groups.get(reach) ?? []), name]);
  }
  const together = suites.length > 1 && groups.size === 1;
  return [...groups].map(([reach, names]) =>
    together ? `Explored in each: ${reach}.` : `Explored in ${names.join(', ')}: ${reach}.`,
  );
};

/** The share of the random runs that says whether more of them are worth their time. */
const LAST_SHARE = 1 / 4;

/** How much the last quarter of a suite's random runs showed first, of all that any showed; undefined where there are none. */
const noveltyAtTheEnd = ({ coverage: { novelty = [] } }: SuiteResult): number | undefined => {
  const runs = novelty.reduce((sum, point) => sum + point.runs, 0);
  const found = novelty.reduce((sum, point) => sum + point.found, 0);
  let before = 0;
  let late = 0;
  for (const point of novelty) {
    if (before >= runs * (1 - LAST_SHARE)) late += point.found;
    before += point.runs;
  }
  return found === 0 || novelty.length < 1 / LAST_SHARE ? undefined : late / found;
};

/** 'Of what random runs did, at most 2.5 % was new in the last quarter of them (sync-on-start).' Whether more are worth it. */
export const noveltyLines = ({ suites }: CampaignResult): readonly string[] => {
  const shares = suites
    .flatMap((suite) => {
      const share = noveltyAtTheEnd(suite);
      return share === undefined ? [] : [{ name: suite.name, share }];
    })
    .sort((a, b) => b.share - a.share);
  const [most] = shares;
  if (most === undefined) return [];
  const percent = `${(most.share * 100).toFixed(1)} %`;
  return [
    shares.length === 1
      ? `Of what random runs did, ${percent} was new in the last quarter of them.`
      : `Of what random runs did, at most ${percent} was new in the last quarter of them (${most.name}).`,
  ];
};

/** '1,204 images checked, standing for 900 distinct of 5,310 legal; 12 process kills'; 'at least' where they were sampled. */
export const imagesPhrase = ({ images, kills = 0, classes = 0 }: Exploration): string => {
  const legal = `${images.sampled ? 'at least ' : ''}${formatNumber(images.legal)}`;
  const checked = `${formatNumber(images.checked)} images checked, standing for ${formatNumber(images.distinct)} distinct of ${legal} legal`;
  return [
    checked,
    ...(classes === 0 ? [] : [`${formatCount(classes, 'class', 'classes')} of crash states`]),
    ...(kills === 0 ? [] : [formatCount(kills, 'process kill')]),
  ].join('; ');
};

/** Suites named in a headline, and invariants of one. */
const NAMED_MAX = 3;

const listed = (names: readonly string[]): string => {
  const more = names.length - NAMED_MAX;
  return more > 0 ? `${names.slice(0, NAMED_MAX).join(', ')} and ${more} more` : names.join(', ');
};

const failedPhrase = ({ name, verdict, violations }: SuiteResult): string =>
  verdict === 'holds'
    ? `${name} (no failure found, though expected unsafe)`
    : `${name} (${listed(violations.map(({ invariant }) => invariant))})`;

/** What a reader wants to know first: '1 suite failed: orders survive (durability)'. */
export const headlineOf = (result: CampaignResult): string => {
  const failed = surprises(result);
  if (failed.length > 0)
    return `${formatCount(failed.length, 'suite')} failed: ${listed(failed.map(failedPhrase))}`;
  const undecided = undecidedSuites(result);
  if (undecided.length > 0)
    return `${formatCount(undecided.length, 'suite')} without a verdict: ${listed(undecided.map(({ name }) => name))}`;
  const isAllSafe = result.suites.every(({ verdict }) => verdict === 'holds');
  if (result.suites.length === 0 || result.interrupted || !isAllSafe) return campaignPhrase(result);
  return result.suites.length === 1 ? 'The suite holds.' : `All ${result.suites.length} suites hold.`;
};

/** One sentence for the whole campaign. */
export const campaignPhrase = (result: CampaignResult): string => {
  const total = result.suites.length;
  if (total === 0) {
    return `${result.interrupted ? 'Interrupted before any' : 'No'} suite was explored: nothing is proved.`;
  }
  const expected = total - surprises(result).length - undecidedSuites(result).length;
  const verdicts =
    expected === total
      ? total === 1
        ? 'The verdict is as expected.'
        : `All ${total} verdicts are as expected.`
      : `${expected} of ${total} verdicts are as expected.`;
  return result.interrupted ? `${verdicts} Interrupted: these are the results so far.` : verdicts;
};
