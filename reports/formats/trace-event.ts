/**
 * A replay in the Chrome trace-event format: Perfetto and chrome://tracing open it.
 *
 * Simulated time stands still between most steps, so a step is drawn one millisecond long, in the order of
 * the run; the time on the clock is among its arguments. Arrows lead to it from the lanes that caused it.
 */
import type { CellChange, PowerCut, ReplayResult, TraceEntry } from '../../sim/result/result.js';
import { clockText } from '../../sim/util/clock-text.js';
import { printableJson } from '../format.js';
import { distinctLanes, lanesOf } from '../timeline-lanes.js';

const STEP_MICROSECONDS = 1000;
const PROCESS = 1;
/** More than the lanes of any step: so that no two arrows share a number. */
const LANES_MAX = 100;

interface TraceEvent {
  readonly name: string;
  readonly ph: 'M' | 'X' | 'i' | 's' | 'f';
  readonly pid: number;
  readonly tid?: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly s?: 'g';
  readonly id?: number;
  readonly bp?: 'e';
  readonly cat?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** The lane of what a step did to the disk: the last, as on the page. */
const DISK = 'disk';

const FLOW = { name: 'through', cat: 'way', pid: PROCESS } as const;

const sliceOf = (name: string, index: number, lane: number): TraceEvent => ({
  name,
  ph: 'X',
  pid: PROCESS,
  tid: lane,
  ts: index * STEP_MICROSECONDS,
  dur: STEP_MICROSECONDS,
});

const stepEvent = (entry: TraceEntry, index: number, lane: number): TraceEvent => ({
  ...sliceOf(entry.label, index, lane),
  cat: entry.operation,
  args: {
    life: entry.life,
    step: entry.step,
    ...(entry.clockMs === undefined ? {} : { clock: clockText(entry.clockMs) }),
    result: entry.result,
    ...(entry.site === undefined ? {} : { site: `${entry.site.file}:${entry.site.line}` }),
  },
});

/** The causes of a step: a slice in each of their lanes, and an arrow from each to the next. */
const wayEvents = (
  index: number,
  way: readonly number[],
  lane: number,
  name: string,
): readonly TraceEvent[] =>
  way.flatMap((from, place) => {
    const id = index * LANES_MAX + place;
    const ts = index * STEP_MICROSECONDS;
    return [
      sliceOf(`to ${name}`, index, from),
      { ...FLOW, ph: 's', id, tid: from, ts },
      { ...FLOW, ph: 'f', bp: 'e', id, tid: way[place + 1] ?? lane, ts },
    ];
  });

const diskEvent = (index: number, lane: number, cells: readonly CellChange[]): TraceEvent => ({
  ...sliceOf([...new Set(cells.map(({ state }) => state))].join(', '), index, lane),
  cat: DISK,
  args: Object.fromEntries(
    cells.map(({ path, part, sector, state }) => [
      sector === undefined ? `${part} of ${path}` : `sector ${sector} of ${path}`,
      state,
    ]),
  ),
});

const powerCut = (index: number, crash: PowerCut | undefined): TraceEvent => ({
  name: 'power cut',
  args: Object.fromEntries((crash?.volatile ?? []).map(({ what, fate }) => [what, fate])),
  ph: 'i',
  s: 'g',
  pid: PROCESS,
  tid: 0,
  ts: index * STEP_MICROSECONDS,
});

/** The whole file as JSON text. */
export const renderTraceEvents = (result: ReplayResult): string => {
  const laned = lanesOf(result.trace);
  const parts = distinctLanes(laned);
  const numbers = new Map(parts.map((lane, number) => [lane, number]));
  const disk = parts.length;
  const numberOf = (lane = ''): number => numbers.get(lane) ?? 0;
  const names: readonly TraceEvent[] = [
    { name: 'process_name', ph: 'M', pid: PROCESS, args: { name: result.suite } },
    ...[...parts, DISK].flatMap((name, tid): TraceEvent[] => [
      { name: 'thread_name', ph: 'M', pid: PROCESS, tid, args: { name } },
      // Viewers sort threads by names or numbers of their own otherwise.
      { name: 'thread_sort_index', ph: 'M', pid: PROCESS, tid, args: { sort_index: tid } },
    ]),
  ];
  const steps = result.trace.flatMap((entry, index) => {
    const { lane, by } = laned[index] ?? { lane: '', by: [] };
    const previous = result.trace[index - 1];
    const hasEnded = previous !== undefined && previous.life !== entry.life;
    const crash = result.crashes.find(({ life }) => life === previous?.life);
    return [
      ...(hasEnded ? [powerCut(index, crash)] : []),
      stepEvent(entry, index, numberOf(lane)),
      ...wayEvents(index, by.map(numberOf), numberOf(lane), lane),
      ...(entry.cells === undefined ? [] : [diskEvent(index, disk, entry.cells)]),
    ];
  });
  return `${printableJson({ displayTimeUnit: 'ms', traceEvents: [...names, ...steps] })}\n`;
};
