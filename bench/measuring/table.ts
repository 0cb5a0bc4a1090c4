/** Comparisons as text: one line a contender, the baseline first. */
import type { Comparison, Measured } from './paired.js';

const SIGNIFICANT = 3;

const rate = (perSecond: number): string => {
  // Counts were compared, not times.
  if (Number.isNaN(perSecond)) return '';
  const [scaled, unit] =
    perSecond >= 1e6 ? [perSecond / 1e6, 'M'] : perSecond >= 1e3 ? [perSecond / 1e3, 'k'] : [perSecond, ''];
  return `${scaled.toPrecision(SIGNIFICANT)}${unit}/s`;
};

const times = (ratio: number): string =>
  `${ratio < 1e3 ? ratio.toPrecision(SIGNIFICANT) : Math.round(ratio).toLocaleString('en')} ×`;

const verdict = ({ ratio, bar }: Measured): string =>
  bar === undefined ? '' : `, bar ${times(bar)}: ${ratio.median >= bar ? 'met' : 'MISSED'}`;

const row = (measured: Measured, index: number): readonly string[] => {
  const { name, operationsPerSecond, ratio } = measured;
  const compared = `${times(ratio.median)} (${times(ratio.low)} to ${times(ratio.high)})`;
  return [name, rate(operationsPerSecond), index === 0 ? 'baseline' : compared + verdict(measured)];
};

/** A comparison in aligned columns. */
export const tableOf = ({ title, rounds, measured }: Comparison): string => {
  const rows = measured.map(row);
  const widths = [0, 1].map((column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const lines = rows.map(([name = '', speed = '', ratio = '']) =>
    `  ${name.padEnd(widths[0] ?? 0)}  ${speed.padStart(widths[1] ?? 0)}  ${ratio}`.trimEnd(),
  );
  return `${title} (median of ${rounds} rounds, quartiles)\n${lines.join('\n')}\n`;
};
