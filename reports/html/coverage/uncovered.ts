/** What was not covered, by file and line: the list to work through. */
import type { OrderPair, SiteChange, SuiteResult } from '../../../sim/result/result.js';
import { formatCount } from '../../format.js';
import type { Html } from '../html.js';
import { html } from '../html.js';
import { hashOf } from '../run-id.js';
import { siteText } from '../way.js';

interface Lack {
  readonly file: string;
  readonly line: number;
  readonly what: string;
}

const changeText = ({ operation, change }: SiteChange): string => `${operation} (${change})`;

const orderLack = (
  changes: readonly SiteChange[],
  { earlier, later, oneCall }: OrderPair,
): readonly Lack[] => {
  const [first, second] = [changes[earlier], changes[later]];
  if (first === undefined || second === undefined) return [];
  const where = oneCall ? 'of the same call' : `of ${siteText(first)}`;
  return [{ ...second, what: `${changeText(second)} never survived without ${changeText(first)} ${where}` }];
};

const lacksOf = ({ coverage: { sites, orders, recovery, kills } }: SuiteResult): readonly Lack[] => {
  const changesAt = (numbers: readonly number[], words: string): readonly Lack[] =>
    numbers.flatMap((number) => {
      const change = orders.changes[number];
      return change === undefined ? [] : [{ ...change, what: `${changeText(change)} ${words}` }];
    });
  return [
    ...sites.uncovered.map((point) => ({ ...point, what: `never cut ${point.phase} ${point.operation}` })),
    ...recovery.steps.uncovered.map((site) => ({
      ...site,
      what: `no recovery was cut at ${site.operation}`,
    })),
    ...(kills?.uncovered ?? []).map((site) => ({
      ...site,
      what: `the process was never killed after ${site.operation}`,
    })),
    ...orders.pairs.unseen.flatMap((pair) => orderLack(orders.changes, pair)),
    ...changesAt(orders.torn.untorn, 'was never torn'),
    ...changesAt(orders.fates.neverLost, 'was never lost'),
    ...changesAt(orders.fates.neverKept, 'never survived'),
  ];
};

const ofFile = (file: string, lacks: readonly Lack[]): Html =>
  html`<h4><code>${file}</code></h4><ul class="sites">${[...lacks]
    .sort((a, b) => a.line - b.line)
    .map(
      ({ line, what }) =>
        html`<li data-line="${file}:${line}"><a href="${hashOf({ line: `${file}:${line}` })}">${line}</a> ${what}</li>`,
    )}</ul>`;

const ofSuite = (suite: SuiteResult): Html | undefined => {
  const { marks } = suite.coverage;
  const byFile = new Map<string, Lack[]>();
  const lacks = lacksOf(suite);
  for (const lack of lacks) {
    const known = byFile.get(lack.file);
    if (known === undefined) byFile.set(lack.file, [lack]);
    else known.push(lack);
  }
  if (lacks.length === 0 && marks.unreached.length === 0) return undefined;
  return html`<details>
<summary>${suite.name}: ${formatCount(lacks.length, 'place')}, ${formatCount(marks.unreached.length, 'mark')}</summary>
${marks.unreached.length > 0 && html`<h3>Marks never reached</h3><p class="lead">Branches that a green run proved nothing about.</p><ul>${marks.unreached.map((mark) => html`<li>${mark}</li>`)}</ul>`}
${[...byFile.keys()].sort().map((file) => ofFile(file, byFile.get(file) ?? []))}
</details>`;
};

export const notCovered = (suites: readonly SuiteResult[]): Html => {
  const lists = suites.flatMap((suite) => ofSuite(suite) ?? []);
  return lists.length === 0 ? html`` : html`<h3>What was not covered, by file and line</h3>${lists}`;
};
