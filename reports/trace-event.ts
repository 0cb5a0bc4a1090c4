/**
 * A replay in the Chrome trace-event format: Perfetto and chrome://tracing open it.
 *
 * Simulated time stands still between most steps, so a step is drawn one millisecond long, in the order of
 * the run; the simulated time is among its arguments.
 */
import type { PowerCut, ReplayResult, TraceEntry } from '../sim/result.js';
import { distinctLanes, lanesOf } from './lanes.js';

const STEP_MICROSECONDS = 1000;
const PROCESS = 1;

interface TraceEvent {
  readonly name: string;
  readonly ph: 'M' | 'X' | 'i';
  readonly pid: number;
  readonly tid?: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly s?: 'g';
  readonly cat?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

const stepEvent = (entry: TraceEntry, index: number, lane: number): TraceEvent => ({
  name: entry.label,
  cat: entry.operation,
  ph: 'X',
  pid: PROCESS,
  tid: lane,
  ts: index * STEP_MICROSECONDS,
  dur: STEP_MICROSECONDS,
  args: {
    life: entry.life,
    step: entry.step,
    'simulated ms': entry.timeMs,
    result: entry.result,
    ...(entry.site === undefined ? {} : { site: `${entry.site.file}:${entry.site.line}` }),
  },
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
  const laneOf = lanesOf(result.trace);
  const lanes = distinctLanes(laneOf);
  const names: readonly TraceEvent[] = [
    { name: 'process_name', ph: 'M', pid: PROCESS, args: { name: result.suite } },
    ...lanes.map(
      (name, tid): TraceEvent => ({ name: 'thread_name', ph: 'M', pid: PROCESS, tid, args: { name } }),
    ),
  ];
  const steps = result.trace.flatMap((entry, index) => {
    const event = stepEvent(entry, index, lanes.indexOf(laneOf[index] ?? ''));
    const previous = result.trace[index - 1];
    return previous === undefined || previous.life === entry.life
      ? [event]
      : [
          powerCut(
            index,
            result.crashes.find(({ life }) => life === previous.life),
          ),
          event,
        ];
  });
  return `${JSON.stringify({ displayTimeUnit: 'ms', traceEvents: [...names, ...steps] })}\n`;
};
