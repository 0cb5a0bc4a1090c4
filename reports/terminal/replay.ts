/** What `powercut replay` prints: every step, then the story, then whether it is the run it was. */
import type { PowerCut, ReplayResult, TraceEntry } from '../../sim/result/result.js';
import { clockText, timeOfDayText } from '../../sim/util/clock-text.js';
import {
  formatCount,
  printable,
  printableLine,
  shorten,
  stateLines,
  withoutWorkflowCommands,
  wrap,
} from '../format.js';
import { changeTold } from '../replay-difference.js';
import { type Laned, lanesOf } from '../timeline-lanes.js';
import type { TerminalOptions } from './campaign.js';
import type { Style } from './style.js';
import { terminalStyle } from './style.js';

const RESULT_COLUMNS_MAX = 40;
const LANE_COLUMNS_MAX = 16;
const TIME_COLUMNS = '00:00:00.000'.length;

/** The file with its folder, as in stories: the whole path is in the page and in the data. */
const place = ({ site }: TraceEntry): string =>
  site === undefined ? '' : printableLine(`${site.file.split(/[\\/]/).slice(-2).join('/')}:${site.line}`);

/** Printed only where there is a value: the label shows errors, and requests have no result. */
const resultOf = (entry: TraceEntry, columns: number): string =>
  entry.result === null || typeof entry.result === 'string' || entry.actor !== 'program'
    ? ''
    : ` → ${shorten(printableLine(JSON.stringify(entry.result)), Number.isFinite(columns) ? RESULT_COLUMNS_MAX : columns)}`;

interface StepPlace {
  readonly number: number;
  readonly laned: Laned | undefined;
  /** Columns for the lane. */
  readonly width: number;
  readonly columns: number;
}

/** What the clock says, as wide as any time of day. */
const timeOf = ({ clockMs }: TraceEntry): string =>
  (clockMs === undefined ? '' : timeOfDayText(clockMs)).padEnd(TIME_COLUMNS);

const stepLine = (entry: TraceEntry, { number, laned, width, columns }: StepPlace, style: Style): string => {
  const lane = shorten(printableLine(laned?.lane ?? ''), width).padEnd(width);
  const head = `${String(number).padStart(5)}  ${timeOf(entry)}  ${lane}  `;
  const way = printableLine(laned?.by.join(', ') ?? '');
  const body = `${printableLine(entry.label)}${resultOf(entry, columns)}`;
  const room = columns - head.length - 2;
  // For whom, and at which place, comes where there is room for it: what happened goes first.
  let tail = '';
  for (const more of [way === '' ? '' : `  for ${way}`, `  ${place(entry)}`])
    if (body.length + tail.length + more.length <= room + 2) tail += more;
  return `${style.faint(head)}${shorten(body, room)}${style.faint(tail)}`.trimEnd();
};

/** What was volatile when the power failed, and what became of it. */
const crashLines = ({ volatile }: PowerCut, columns: number, style: Style): readonly string[] => {
  if (volatile.length === 0) return [style.faint('      nothing was volatile')];
  return volatile.flatMap(({ what, fate }) =>
    wrap(`      ${fate.padEnd(8)}  ${printableLine(what)}`, columns, '          ').map((line) =>
      fate === 'lost' ? style.bad(line) : line,
    ),
  );
};

/** Steps are numbered over all lives: by this number `--until` takes them. */
const lifeLines = (result: ReplayResult, columns: number, style: Style): readonly string[] => {
  const laned = lanesOf(result.trace);
  const laneMost = Number.isFinite(columns) ? LANE_COLUMNS_MAX : Number.POSITIVE_INFINITY;
  // No spreading: a trace may be longer than a call's arguments.
  const width = laned.reduce(
    (most, { lane }) => Math.max(most, Math.min(laneMost, printableLine(lane).length)),
    0,
  );
  return result.trace.flatMap((entry, index) => {
    const line = stepLine(entry, { number: index + 1, laned: laned[index], width, columns }, style);
    if (result.trace[index - 1]?.life === entry.life) return [line];
    const crash = result.crashes.find(({ life }) => life === entry.life - 1);
    const cut =
      crash === undefined ? [] : [style.bad(`power cut ${crash.life}`), ...crashLines(crash, columns, style)];
    const start = entry.clockMs === undefined ? '' : ` at ${clockText(entry.clockMs - entry.timeMs)}`;
    return [...cut, style.strong(`power on${start}`), line];
  });
};

const outcome = (result: ReplayResult, columns: number, style: Style): readonly string[] => {
  const change = changeTold(result);
  return [
    ...result.violated.flatMap(({ invariant, message, ...states }) => {
      const [first = '', ...more] = wrap(
        `✗ ${printableLine(invariant)}: ${printableLine(message)}`,
        columns,
        '  ',
      );
      const said = first.slice(`✗ ${printableLine(invariant)}`.length);
      return [
        `${style.bad('✗')} ${style.strong(printableLine(invariant))}${said}`,
        ...more,
        ...stateLines(states).map((line) => shorten(`  ${line}`, columns)),
      ];
    }),
    ...(result.violated.length === 0 ? [style.good('✓ Every invariant holds in this run.')] : []),
    ...(change === undefined
      ? [style.faint(`The same run as when the token was made · digest ${printableLine(result.digest)}`)]
      : wrap(printableLine(change), columns, '  ').map(style.warn)),
  ];
};

/** The whole text, ending in a line feed. */
export const renderReplay = (result: ReplayResult, options: TerminalOptions): string => {
  const style = terminalStyle(options.color);
  const story = printable(result.story)
    .split('\n')
    .flatMap((line) => wrap(line, options.columns, '  '));
  const lines = [
    `${style.strong(printableLine(result.suite))} ${style.faint(formatCount(result.trace.length, 'step'))}`,
    '',
    ...lifeLines(result, options.columns, style),
    '',
    ...story,
    '',
    ...outcome(result, options.columns, style),
    '',
  ];
  return withoutWorkflowCommands(lines.join('\n'));
};
