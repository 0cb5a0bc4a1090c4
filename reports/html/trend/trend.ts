/** How a project's campaigns went over time: small plots of plain SVG, the figures beside them, and each finding with its state. */
import { formatCount, formatNumber, replayCommand } from '../../format.js';
import { confidenceIn } from '../../history/confidence.js';
import {
  type CampaignRecord,
  FINDING_STATES,
  type History,
  type HistoryFinding,
} from '../../history/history.js';
import { confidencePhrase, momentPhrase } from '../../terminal/history.js';
import { asset } from '../assets.js';
import { renderDocument } from '../document.js';
import { type Html, html } from '../html.js';

const WIDTH = 320;
const HEIGHT = 64;
const MARGIN = 4;
/** Of the newest campaigns: the lines of more would touch. */
const POINTS_MAX = 160;

interface Trend {
  readonly title: string;
  readonly meaning: string;
  readonly of: (campaign: CampaignRecord) => number;
  readonly text: (value: number) => string;
}

const sumOf = (campaign: CampaignRecord, of: (suite: CampaignRecord['suites'][number]) => number): number =>
  campaign.suites.reduce((sum, suite) => sum + of(suite), 0);

const percent = (value: number): string => `${formatNumber(Math.floor(value * 1000) / 10)} %`;

const coverageOf = (campaign: CampaignRecord): number => {
  const total = sumOf(campaign, ({ cells }) => cells.total);
  return total === 0 ? 0 : sumOf(campaign, ({ cells }) => cells.covered) / total;
};

const noveltyOf = (campaign: CampaignRecord): number => {
  const runs = sumOf(campaign, (suite) => suite.runs);
  return runs === 0 ? 0 : sumOf(campaign, ({ novelty }) => novelty) / runs;
};

const TRENDS: readonly Trend[] = [
  {
    title: 'findings',
    meaning: 'Distinct findings that the campaign saw.',
    of: (campaign) => new Set(campaign.suites.flatMap(({ findings }) => findings)).size,
    text: formatNumber,
  },
  {
    title: 'distinct states',
    meaning: 'Disk images together with what the outside world knew, each counted once.',
    of: (campaign) => sumOf(campaign, ({ distinct }) => distinct),
    text: formatNumber,
  },
  {
    title: 'coverage',
    meaning:
      'Covered crash points, orders of writes, torn writes, fates and steps of recoveries, of all that were seen.',
    of: coverageOf,
    text: percent,
  },
  {
    title: 'novelty',
    meaning: 'New behaviour in a random run, compared with the runs before it in its campaign, on average.',
    of: noveltyOf,
    text: formatNumber,
  },
];

const place = (share: number, length: number): string => (MARGIN + share * (length - 2 * MARGIN)).toFixed(1);

/** A line from the oldest to the newest; its highest point touches the top, zero is at the bottom. */
const plot = (label: string, values: readonly number[]): Html => {
  const most = Math.max(...values, Number.MIN_VALUE);
  const points = values.map((value, index) => {
    const x = place(values.length === 1 ? 0.5 : index / (values.length - 1), WIDTH);
    return { x, y: place(1 - value / most, HEIGHT) };
  });
  return html`<svg class="trend" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}">
<line class="zero" x1="0" y1="${HEIGHT - MARGIN}" x2="${WIDTH}" y2="${HEIGHT - MARGIN}"></line>
<polyline points="${points.map(({ x, y }) => `${x},${y}`).join(' ')}"></polyline>
</svg>`;
};

const trendFigure = ({ title, meaning, of, text }: Trend, campaigns: readonly CampaignRecord[]): Html => {
  const values = campaigns.map(of);
  const [first = 0, last = 0] = [values[0], values.at(-1)];
  const range = `from ${text(Math.min(...values))} to ${text(Math.max(...values))}`;
  const label = `${title} in ${formatCount(values.length, 'campaign')}: first ${text(first)}, last ${text(last)}, ${range}`;
  return html`<figure class="trends"><figcaption title="${meaning}"><b>${title}</b> ${text(last)} <span class="faint">${range}</span></figcaption>
${plot(label, values)}</figure>`;
};

const findingRow = (finding: HistoryFinding, history: History): Html => {
  const { state, suite, invariant, first, last, campaigns, seen, token, file } = finding;
  const { missing } = confidenceIn(finding, history);
  const tone = state === 'resolved' ? 'good' : state === 'ongoing' ? 'warn' : 'bad';
  return html`<tr><th scope="row">${suite}: ${invariant}</th><td class="${tone}">${state}</td><td>${momentPhrase(first)}</td><td>${momentPhrase(last)}</td><td class="num">${formatNumber(campaigns)}</td><td class="num">${formatNumber(seen)}</td><td class="num" title="${confidencePhrase(finding, history)}">${formatNumber(missing)}</td><td><code>${replayCommand(token, file)}</code></td></tr>`;
};

const findingsTable = (history: History): Html => {
  const findings = FINDING_STATES.flatMap((state) =>
    history.findings.filter((finding) => finding.state === state),
  );
  if (findings.length === 0) return html`<p class="lead">No campaign has found anything.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Findings"><table>
<thead><tr><th scope="col">finding</th><th scope="col">state</th><th scope="col">first seen</th><th scope="col">last seen</th><th scope="col" class="num">campaigns</th><th scope="col" class="num">times</th><th scope="col" class="num" title="After this many more green campaigns with other seeds, it is gone with 95 % confidence.">green to go</th><th scope="col">smallest run</th></tr></thead>
<tbody>${findings.map((finding) => findingRow(finding, history))}</tbody>
</table></div>`;
};

/** The section of a page. Nothing where there is no campaign yet. */
export const trendSection = (history: History): Html => {
  const campaigns = history.campaigns.slice(-POINTS_MAX);
  const [first, last] = [campaigns[0], campaigns.at(-1)];
  if (first === undefined || last === undefined) return html``;
  return html`<section id="history" aria-labelledby="history-title">
<h2 id="history-title">Over time</h2>
<p class="lead">${formatCount(campaigns.length, 'campaign')}, from ${momentPhrase(first)} to ${momentPhrase(last)}.</p>
<div class="trend-plots">${TRENDS.map((trend) => trendFigure(trend, campaigns))}</div>
${findingsTable(history)}
</section>`;
};

/** The history as a page of its own. */
export const renderTrendPage = (history: History): string =>
  renderDocument({
    title: 'Powercut history',
    style: asset('report.css'),
    script: '',
    body: html`<header><p class="name">Powercut</p><h1>History</h1></header>
<main>${history.campaigns.length === 0 ? html`<p class="lead">There is no campaign in this history yet.</p>` : trendSection(history)}</main>`,
  });
