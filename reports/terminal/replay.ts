/** What `powercut replay` prints: every step, then the story, then whether it is the run it was. */
import type { ReplayResult, TraceEntry } from '../../sim/result.js';
import { formatCount, printable, wrap } from '../format.js';
import type { TerminalOptions } from './campaign.js';
import type { Style } from './style.js';
import { terminalStyle } from './style.js';

const RESULT_COLUMNS_MAX = 40;

const shorten = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, Math.max(1, length - 1))}…`;

const place = (entry: TraceEntry): string =>
  entry.site === undefined ? '' : printable(`${entry.site.file}:${entry.site.line}`);

/** `null` is what most calls give: said only where it is something. */
const resultOf = (entry: TraceEntry): string =>
  entry.result === null ? '' : ` → ${shorten(printable(JSON.stringify(entry.result)), RESULT_COLUMNS_MAX)}`;

const stepLine = (entry: TraceEntry, actorWidth: number, columns: number, style: Style): string => {
  const head = `${String(entry.step).padStart(5)} ${entry.timeMs.toFixed(1).padStart(8)} ms  ${printable(entry.actor).padEnd(actorWidth)}  `;
  const site = place(entry);
  const body = `${printable(entry.label)}${resultOf(entry)}`;
  const room = columns - head.length - 2;
  // The place comes where there is room for it: what happened goes first.
  const tail = body.length + site.length <= room ? `  ${site}` : '';
  return `${style.faint(head)}${shorten(body, room)}${style.faint(tail)}`.trimEnd();
};

const lifeLines = (entries: readonly TraceEntry[], columns: number, style: Style): readonly string[] => {
  const actorWidth = Math.max(0, ...entries.map((entry) => printable(entry.actor).length));
  const lives = [...new Set(entries.map((entry) => entry.life))];
  return lives.flatMap((life, crashes) => [
    style.strong(crashes === 0 ? 'power on' : `power cut ${crashes}, power on`),
    ...entries
      .filter((entry) => entry.life === life)
      .map((entry) => stepLine(entry, actorWidth, columns, style)),
  ]);
};

const outcome = (result: ReplayResult, style: Style): readonly string[] => [
  ...result.violated.map(
    ({ invariant, message }) =>
      `${style.bad('✗')} ${style.strong(printable(invariant))}: ${printable(message)}`,
  ),
  ...(result.violated.length === 0 ? [style.good('✓ Every invariant holds in this run.')] : []),
  result.same
    ? style.faint(`The same run as when the token was made · digest ${printable(result.digest)}`)
    : style.warn('Not the same run as when the token was made: the code or the suite has changed since.'),
];

/** The whole text, ending in a line feed. */
export const renderReplay = (result: ReplayResult, options: TerminalOptions): string => {
  const style = terminalStyle(options.color);
  const story = printable(result.story)
    .split('\n')
    .flatMap((line) => wrap(line, options.columns, '  '));
  return [
    `${style.strong(printable(result.suite))} ${style.faint(formatCount(result.trace.length, 'step'))}`,
    '',
    ...lifeLines(result.trace, options.columns, style),
    '',
    ...story,
    '',
    ...outcome(result, style),
    '',
  ].join('\n');
};
