/** Small line charts as SVG: one measure of one suite over the length of its workload. No script, no library. */
import { formatNumber } from '../format.js';
import type { Html } from './html.js';
import { html } from './html.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Chart {
  readonly title: string;
  /** In words, for who cannot see it. */
  readonly description: string;
  readonly points: readonly Point[];
  /** Shared by the charts that are compared: zero is always the lower end. */
  readonly yMax: number;
  readonly xMax: number;
}

const WIDTH = 216;
const HEIGHT = 112;
const LEFT = 8;
const RIGHT = 44;
const TOP = 12;
const BOTTOM = 22;

const round = (value: number): number => Math.round(value * 10) / 10;

/** A chart in which equal heights are equal figures in all charts with the same maxima. */
export const lineChart = ({ title, description, points, yMax, xMax }: Chart): Html => {
  const place = ({ x, y }: Point): Point => ({
    x: round(LEFT + (x / Math.max(1, xMax)) * (WIDTH - LEFT - RIGHT)),
    y: round(HEIGHT - BOTTOM - (y / Math.max(1, yMax)) * (HEIGHT - TOP - BOTTOM)),
  });
  const placed = points.map(place);
  const last = points.at(-1);
  const end = placed.at(-1);
  const baseline = HEIGHT - BOTTOM;
  return html`<figure class="chart">
<figcaption>${title}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${description}">
<line class="axis" x1="${LEFT}" y1="${baseline}" x2="${WIDTH - RIGHT}" y2="${baseline}"></line>
<polyline class="line" points="${placed.map(({ x, y }) => `${x},${y}`).join(' ')}"></polyline>
${placed.map(({ x, y }) => html`<circle class="dot" cx="${x}" cy="${y}" r="2.5"></circle>`)}
${end !== undefined && last !== undefined && html`<text class="value" x="${end.x + 7}" y="${end.y + 4}">${formatNumber(last.y)}</text>`}
<text class="tick" x="${LEFT}" y="${HEIGHT - 6}">0</text>
<text class="tick end" x="${WIDTH - RIGHT}" y="${HEIGHT - 6}">${formatNumber(xMax)} commands</text>
</svg>
</figure>`;
};
