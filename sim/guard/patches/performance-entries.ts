/**
 * `performance.mark`, `measure` and their observers, by the life's clock. Each life has a timeline of its own. Entries
 * about the real machine (garbage collection, the event loop, resources) never appear in one.
 */
import perfHooks, { type PerformanceEntry, performance } from 'node:perf_hooks';
import type { GuardedLife } from '../../process/guarded-life.js';
import { type Callable, divert, put, putGetter } from '../patch.js';

type Entry = Pick<PerformanceEntry, 'duration' | 'entryType' | 'name' | 'startTime'>;

interface Observer {
  readonly types: readonly string[];
  readonly tell: (entries: readonly Entry[]) => void;
}

/** Grows as long as its life does. */
interface Timeline {
  entries: Entry[];
  readonly observers: Map<object, Observer>;
  /** Entries that observers have not received yet. They get them all at once. */
  untold: Entry[];
}

const timelines = new WeakMap<GuardedLife, Timeline>();

const timelineOf = (life: GuardedLife): Timeline => {
  const known = timelines.get(life) ?? { entries: [], observers: new Map<object, Observer>(), untold: [] };
  timelines.set(life, known);
  return known;
};

const tellObservers = (timeline: Timeline): void => {
  const { untold } = timeline;
  timeline.untold = [];
  for (const { types, tell } of timeline.observers.values()) {
    const entries = untold.filter(({ entryType }) => types.includes(entryType));
    if (entries.length > 0) tell(entries);
  }
};

const record = (life: GuardedLife, entry: Entry): Entry => {
  const timeline = timelineOf(life);
  timeline.entries.push(entry);
  if (timeline.observers.size === 0) return entry;
  if (timeline.untold.length === 0) life.schedule(0, () => tellObservers(timeline));
  timeline.untold.push(entry);
  return entry;
};

/** Whatever the types say, marks are everybody's to make. */
type MakeMark = new (name: string, options: object) => Entry & { readonly detail: unknown };
const RealMark = perfHooks.PerformanceMark as unknown as MakeMark; // constructed as above

const markIn = (life: GuardedLife, name: unknown, options: unknown): Entry => {
  const given = Object(options);
  return new RealMark(String(name), { ...given, startTime: given.startTime ?? life.now() });
};

/** `PerformanceMeasure` has no constructor, so this converts a mark, which checks name and detail as Node does. */
const measureOf = (name: string, detail: unknown, startTime: number, end: number): Entry => {
  const plain = { name, entryType: 'measure', startTime, duration: end - startTime };
  const entry = new RealMark(name, { startTime, detail });
  Object.setPrototypeOf(entry, perfHooks.PerformanceMeasure.prototype);
  const toJSON = (): object => ({ ...plain, detail: entry.detail });
  for (const [key, value] of Object.entries({ ...plain, detail: entry.detail, toJSON }))
    Reflect.defineProperty(entry, key, { value, configurable: true, writable: true });
  return entry;
};

const missingMark = (name: unknown): Error =>
  new DOMException(`The "${String(name)}" performance mark has not been set`, 'SyntaxError');

/** A moment as `measure` takes it: a number, or the name of a mark. */
const momentOf = (life: GuardedLife, moment: unknown): number => {
  if (typeof moment === 'number') return moment;
  const marks = timelineOf(life).entries.filter(
    ({ entryType, name }) => entryType === 'mark' && name === String(moment),
  );
  const mark = marks.at(-1);
  if (mark === undefined) throw missingMark(moment);
  return mark.startTime;
};

const measureIn = (life: GuardedLife, name: unknown, from: unknown, to: unknown): Entry => {
  const options = typeof from === 'object' && from !== null ? from : { start: from, end: to };
  const { start, end, duration, detail } = options as Record<
    'detail' | 'duration' | 'end' | 'start',
    unknown
  >;
  const length = typeof duration === 'number' ? duration : undefined;
  if (end === undefined && length !== undefined && start !== undefined) {
    const startTime = momentOf(life, start);
    return measureOf(String(name), detail, startTime, startTime + length);
  }
  const endTime = end === undefined ? life.now() : momentOf(life, end);
  const before = length === undefined ? 0 : endTime - length;
  const startTime = start === undefined ? before : momentOf(life, start);
  return measureOf(String(name), detail, startTime, endTime);
};

const nodeTiming = (life: GuardedLife): object => {
  const times = {
    nodeStart: 0,
    v8Start: 0,
    environment: 0,
    bootstrapComplete: 0,
    loopStart: 0,
    loopExit: -1,
  };
  const timing = {
    name: 'node',
    entryType: 'node',
    startTime: 0,
    duration: life.now(),
    ...times,
    idleTime: 0,
  };
  return { ...timing, toJSON: () => timing };
};

const NO_LOOP = { idle: 0, active: 0, utilization: 0 };

const without = (life: GuardedLife, type: string, name: unknown): void => {
  const timeline = timelineOf(life);
  timeline.entries = timeline.entries.filter(
    (entry) => entry.entryType !== type || (name !== undefined && entry.name !== String(name)),
  );
};

const byTime = (entries: readonly Entry[]): Entry[] => [...entries].sort((a, b) => a.startTime - b.startTime);

/** The read methods that a timeline and an observer's list share. */
const questions = (entries: () => readonly Entry[]): Readonly<Record<string, Callable>> => ({
  getEntries: () => byTime(entries()),
  getEntriesByName: (name, type) =>
    byTime(
      entries().filter((entry) => entry.name === name && (type === undefined || entry.entryType === type)),
    ),
  getEntriesByType: (type) => byTime(entries().filter(({ entryType }) => entryType === type)),
});

const patchPerformance = (): void => {
  const shared: object = Object.getPrototypeOf(performance); // of the class, where Node has the methods
  const holderOf = (name: string): object => (Object.hasOwn(shared, name) ? shared : performance);
  divert(holderOf('mark'), 'mark', (life, [name, options]) => record(life, markIn(life, name, options)));
  divert(holderOf('measure'), 'measure', (life, [name, from, to]) =>
    record(life, measureIn(life, name, from, to)),
  );
  divert(holderOf('clearMarks'), 'clearMarks', (life, [name]) => without(life, 'mark', name));
  divert(holderOf('clearMeasures'), 'clearMeasures', (life, [name]) => without(life, 'measure', name));
  for (const name of Object.keys(questions(() => [])))
    divert(holderOf(name), name, (life, args) => {
      const answer = questions(() => timelineOf(life).entries)[name];
      return answer === undefined ? [] : Reflect.apply(answer, undefined, args);
    });
  divert(holderOf('eventLoopUtilization'), 'eventLoopUtilization', () => ({ ...NO_LOOP }));
  divert(holderOf('toJSON'), 'toJSON', (life) => ({
    nodeTiming: nodeTiming(life),
    timeOrigin: 0,
    eventLoopUtilization: { ...NO_LOOP },
  }));
  putGetter(holderOf('nodeTiming'), 'nodeTiming', (life) => nodeTiming(life));
  const timed: (typeof performance)['timerify'] = (run) => new Proxy(run, {});
  divert(holderOf('timerify'), 'timerify', (_life, [run]) => timed(run as Callable)); // what can't be called says so
  divert(perfHooks, 'timerify', (_life, [run]) => timed(run as Callable)); // as above
  divert(perfHooks, 'eventLoopUtilization', () => ({ ...NO_LOOP }));
};

/** What an observer is to call. */
const callbacks = new WeakMap<object, Callable>();

const patchObservers = (): void => {
  const { prototype } = perfHooks.PerformanceObserver;
  divert(perfHooks, 'PerformanceObserver', (_life, [callback], make) => {
    const observer = Object(make(callback));
    callbacks.set(observer, callback as Callable); // the original has checked that it is one
    return observer;
  });
  put(globalThis, 'PerformanceObserver', perfHooks.PerformanceObserver);
  divert(prototype, 'observe', (life, [options], _original, _patched, self) => {
    const observer = Object(self);
    const { type, entryTypes = type === undefined ? [] : [type], buffered } = Object(options);
    const tell = (entries: readonly Entry[]): void => {
      callbacks.get(observer)?.apply(observer, [questions(() => entries), observer]);
    };
    const timeline = timelineOf(life);
    const known = timeline.observers.get(observer)?.types ?? [];
    timeline.observers.set(observer, { types: [...known, ...entryTypes], tell });
    const past = timeline.entries.filter(({ entryType }) => entryTypes.includes(entryType));
    if (buffered === true && past.length > 0) life.schedule(0, () => tell(past));
  });
  divert(prototype, 'disconnect', (life, _args, _original, _patched, self) => {
    timelineOf(life).observers.delete(Object(self));
  });
  divert(prototype, 'takeRecords', () => []);
};

const patchMarks = (): void => {
  divert(perfHooks, 'PerformanceMark', (life, [name, options]) => markIn(life, name, options));
  put(globalThis, 'PerformanceMark', perfHooks.PerformanceMark);
};

/** When each histogram last took a difference. */
const lastDelta = new WeakMap<object, number>();

const patchHistograms = (): void => {
  const prototype: object = Object.getPrototypeOf(perfHooks.createHistogram());
  divert(prototype, 'recordDelta', (life, _args, _original, _patched, self) => {
    const histogram = Object(self);
    const before = lastDelta.get(histogram);
    lastDelta.set(histogram, life.now());
    // In nanoseconds. A histogram takes 1 or more.
    if (before !== undefined) histogram.record(Math.max(1, Math.round((life.now() - before) * 1e6)));
  });
};

/** Serves marks, measures and observers from the life's clock. */
export const patchPerformanceEntries = (): void => {
  patchPerformance();
  patchObservers();
  patchMarks();
  patchHistograms();
};
