/** Chrome trace events, held against what the format asks for: Perfetto silently drops what it can't place. */
import { describe, expect, it } from 'vitest';
import { hostileReplay, realReplay, twoLives } from '../fixtures/results.js';
import { manySteps } from '../testing/long-results.js';
import { distinctLanes, lanesOf } from '../timeline-lanes.js';
import { renderTraceEvents } from './trace-event.js';

interface Event {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid?: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly s?: string;
  readonly id?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

const eventsOf = (text: string): readonly Event[] =>
  // What the tests below are about: whether it is what it should be.
  (JSON.parse(text) as { readonly traceEvents: readonly Event[] }).traceEvents;

const RESULTS = {
  'two lives': twoLives,
  'a real one': realReplay,
  'a hostile one': hostileReplay,
  'a long one': manySteps,
};

describe.each(Object.entries(RESULTS))(
  'renderTraceEvents: the trace events of a replay: %s',
  (_name, made) => {
    const result = made();
    const events = eventsOf(renderTraceEvents(result));
    const drawn = events.filter(({ ph }) => ph === 'X');
    const labels = new Set(result.trace.map(({ label }) => label));
    /** The slices of the steps. The others show the lanes between, and the disk. */
    const slices = drawn.filter(({ name }) => labels.has(name));
    const flows = events.filter(({ ph }) => ph === 's' || ph === 'f');
    const cuts = events.filter(({ ph }) => ph === 'i');
    const names = events.filter(({ ph }) => ph === 'M');

    it('are metadata, complete slices and instants, with all that each of them needs', () => {
      expect(drawn.length + flows.length + cuts.length + names.length).toBe(events.length);
      // One expectation for all: of the long replay there are 100,000 slices.
      const isComplete = ({ name, pid, tid, ts = -1, dur = 0 }: Event): boolean =>
        name !== '' && [pid, tid, ts, dur].every(Number.isSafeInteger) && ts >= 0 && dur > 0;
      expect(drawn.filter((slice) => !isComplete(slice))).toEqual([]);
      for (const { s, ts } of cuts)
        expect({ s, whole: Number.isSafeInteger(ts) }).toEqual({ s: 'g', whole: true });
    });

    it('name the process once and each lane once, before anything happens in them', () => {
      expect(events.slice(0, names.length)).toEqual(names);
      const [process, ...others] = names;
      const lanes = others.filter(({ name }) => name === 'thread_name');
      const order = others.filter(({ name }) => name === 'thread_sort_index');
      expect(order.map(({ tid, args }) => [tid, args?.sort_index])).toEqual(
        lanes.map(({ tid }) => [tid, tid]),
      );
      expect(process).toMatchObject({ name: 'process_name', args: { name: result.suite } });
      expect(lanes.map(({ name, tid, args }) => [name, tid, args?.name])).toEqual(
        [...distinctLanes(lanesOf(result.trace)), 'disk'].map((lane, tid) => ['thread_name', tid, lane]),
      );
      const named = new Set(lanes.map(({ tid }) => tid));
      expect([...drawn, ...cuts, ...flows].filter(({ tid }) => !named.has(tid))).toEqual([]);
      expect(new Set(events.map(({ pid }) => pid)).size).toBe(1);
    });

    it('come in the order of time, one slice for each step, none over another', () => {
      const times = events.flatMap(({ ts }) => ts ?? []);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(slices.map(({ name }) => name)).toEqual(result.trace.map(({ label }) => label));
      const ends = slices.map(({ ts = 0, dur = 0 }) => ts + dur);
      expect(slices.slice(1).every(({ ts = 0 }, index) => ts >= (ends[index] ?? 0))).toBe(true);
    });

    it('draw each arrow from one lane to another, both of them busy then', () => {
      const busy = new Set(drawn.map(({ tid, ts }) => `${tid} ${ts}`));
      expect(flows.filter(({ tid, ts }) => !busy.has(`${tid} ${ts}`))).toEqual([]);
      const arrows = new Map<number | undefined, Event[]>();
      for (const flow of flows) arrows.set(flow.id, [...(arrows.get(flow.id) ?? []), flow]);
      const isArrow = ([from, to, ...more]: readonly Event[]): boolean =>
        from?.ph === 's' && to?.ph === 'f' && more.length === 0 && from.ts === to.ts && from.tid !== to.tid;
      expect([...arrows.values()].filter((arrow) => !isArrow(arrow))).toEqual([]);
    });

    it('have an instant for each power cut, at the first step after it', () => {
      const starts = result.trace.flatMap(({ life }, index) =>
        index > 0 && result.trace[index - 1]?.life !== life ? [slices[index]?.ts] : [],
      );
      expect(cuts.map(({ ts }) => ts)).toEqual(starts);
    });
  },
);
