/** Draws the plots with uPlot. Colours and dashes are those of the samples in the table beside each plot. */
/*! https://github.com/leeoniya/uPlot copyright (c) Leon Sorokin, MIT License */
import uPlot from 'uplot';
import { byId } from './dom.js';
import type { Plot } from './page-data.js';

// The report wrote this block as such a list, in plots/plots.ts.
const plots: readonly Plot[] = JSON.parse(byId('plots').textContent);
const drawings = new Map<Element, uPlot>();

const seriesOf = (row: HTMLTableRowElement): uPlot.Series => {
  const sample = row.querySelector('.sample line');
  if (sample === null) return {};
  const { stroke, strokeDasharray } = getComputedStyle(sample);
  const dash = (strokeDasharray.match(/[\d.]+/g) ?? []).map(Number);
  return { stroke, width: 2, dash, points: { show: true, size: 6, fill: stroke, stroke }, spanGaps: true };
};

/** Shows what the cursor is at, among the figures beside the plot. */
const markFigures = (table: HTMLTableElement, index: number | null | undefined): void => {
  for (const row of table.rows)
    for (const [column, cell] of [...row.cells].entries())
      cell.classList.toggle('at', column > 0 && column - 1 === index);
};

const optionsOf = (place: HTMLElement, table: HTMLTableElement): uPlot.Options => {
  const style = getComputedStyle(document.body);
  const axis: uPlot.Axis = {
    stroke: style.getPropertyValue('--soft').trim(),
    font: `12px ${style.fontFamily}`,
    grid: { stroke: style.getPropertyValue('--line').trim(), width: 1 },
    ticks: { show: false },
    values: (_plot, ticks) => ticks.map((tick) => tick.toLocaleString('en-US')),
  };
  return {
    width: place.clientWidth,
    height: place.clientHeight,
    legend: { show: false },
    scales: {
      x: { time: false, range: (_plot, _low, high) => [0, high] },
      y: { range: (_plot, _low, high) => [0, Math.max(1, high * 1.08)] },
    },
    axes: [axis, { ...axis, size: 64 }],
    cursor: { y: false, drag: { x: false, y: false } },
    series: [{}, ...[...(table.tBodies[0]?.rows ?? [])].map(seriesOf)],
    hooks: { setCursor: [({ cursor }) => markFigures(table, cursor.idx)] },
  };
};

const drawPlot = (place: HTMLElement): void => {
  drawings.get(place)?.destroy();
  drawings.delete(place);
  const plot = plots[Number(place.dataset.plot)];
  const table = place.parentElement?.querySelector('table') ?? null;
  // In a closed fold there is no room to draw in.
  if (plot === undefined || table === null || place.clientWidth === 0) return;
  const data: uPlot.AlignedData = [[...plot.x], ...plot.lines.map((line) => [...line])];
  drawings.set(place, new uPlot(optionsOf(place, table), data, place));
};

const places = [...document.querySelectorAll<HTMLElement>('.plot')];
const resized = new ResizeObserver(() => {
  for (const place of places) if ((drawings.get(place)?.width ?? 0) !== place.clientWidth) drawPlot(place);
});
for (const place of places) resized.observe(place);

// A drawing keeps the colours that it was made with.
for (const media of ['print', '(prefers-color-scheme: dark)'])
  matchMedia(media).addEventListener('change', () => places.forEach(drawPlot));
