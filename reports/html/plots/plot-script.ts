/** Draws the plots with uPlot, whose code and style go into the page: it asks the network for nothing. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { DASHES } from './plot-style.js';

const require = createRequire(import.meta.url);

const DRAWING = `
const plots = JSON.parse(document.getElementById('plots')?.textContent ?? '[]');
const dashes = ${JSON.stringify(DASHES)};
const drawings = new Map();
const drawPlot = (place) => {
  drawings.get(place)?.destroy();
  drawings.delete(place);
  if (place.clientWidth === 0) return;
  const { x, lines } = plots[Number(place.dataset.plot)];
  const style = getComputedStyle(document.body);
  const colour = (name) => style.getPropertyValue('--' + name).trim();
  const figures = place.parentElement.querySelector('table');
  const axis = {
    stroke: colour('soft'),
    font: '12px ' + style.fontFamily,
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
    values: (plot, ticks) => ticks.map((tick) => tick.toLocaleString('en-US')),
  };
  const options = {
    width: place.clientWidth,
    height: place.clientHeight,
    legend: { show: false },
    scales: { x: { time: false, range: (plot, low, high) => [0, high] }, y: { range: (plot, low, high) => [0, Math.max(1, high * 1.08)] } },
    axes: [axis, { ...axis, size: 64 }],
    cursor: { y: false, drag: { x: false, y: false } },
    series: [
      {},
      ...lines.map((line, index) => {
        const stroke = colour('l' + (index % dashes.length));
        return { stroke, width: 2, dash: dashes[index % dashes.length], points: { show: true, size: 6, fill: stroke, stroke }, spanGaps: true };
      }),
    ],
    // What the cursor is at, among the figures beside the plot.
    hooks: {
      setCursor: [({ cursor }) => {
        for (const row of figures.rows)
          [...row.cells].forEach((cell, column) => cell.classList.toggle('at', column > 0 && column - 1 === cursor.idx));
      }],
    },
  };
  drawings.set(place, new uPlot(options, [x, ...lines], place));
};
const places = [...document.querySelectorAll('.plot')];
const drawPlots = () => places.forEach(drawPlot);
const resized = new ResizeObserver((entries) => {
  for (const { target } of entries) if (drawings.get(target)?.width !== target.clientWidth) drawPlot(target);
});
for (const place of places) resized.observe(place);
// A drawing is of the colours that it was made with.
for (const media of ['print', '(prefers-color-scheme: dark)']) matchMedia(media).addEventListener('change', drawPlots);
`;

export interface Plotter {
  readonly style: string;
  readonly script: string;
}

export const plotter = (): Plotter => ({
  style: readFileSync(require.resolve('uplot/dist/uPlot.min.css'), 'utf8'),
  script: `${readFileSync(require.resolve('uplot/dist/uPlot.iife.min.js'), 'utf8')}${DRAWING}`,
});
