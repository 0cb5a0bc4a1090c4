/** A replayed run, step by step: each call with its effect, its call chain and the disk after it, and the story. */

import { fileBytes } from '../disk/crash-model/disk-image.js';
import type { DiskModel } from '../disk/crash-model/disk-models.js';
import type { Crash } from '../disk/crash-model/durability.js';
import type { MicroOperation } from '../disk/crash-model/micro-operation.js';
import { isHarness, isLibrary, placeOf } from '../life/call-sites/call-site.js';
import type { LifeRecord } from '../life/life-record.js';
import type { ShownStates } from '../life/shown-states.js';
import { describeStep, type Step } from '../life/step.js';
import type { CellChange, Frame, PowerCut, ReplayResult, TraceEntry } from '../result/result.js';
import type { Tape } from '../run/tape.js';
import { Conversation, eventOf } from '../story/conversation.js';
import { describeOperations, filesOf } from '../story/describe-disk.js';
import { Sites } from '../story/describe-sites.js';
import { DiskCells, KeptBytes } from '../story/disk-cells.js';
import { statesOf, storyLines } from '../story/story.js';
import type { Suite } from '../suite/suite.js';
import { excerptsOf } from './excerpts.js';
import { stepsUntil } from './step-fingerprint.js';

/** Contents of files that a replay keeps: more would make pages of megabytes. */
const CONTENT_BYTES_MAX = 262_144;

const CLIENT = new Set(['send', 'acknowledge', 'reject', 'observe']);

const actorOf = ({ operation }: Step): string => {
  if (CLIENT.has(operation)) return 'client';
  return operation === 'outside' ? 'outside' : 'program';
};

const siteOf = (step: Step): TraceEntry['site'] => {
  const place = placeOf(step.site);
  return place === undefined ? undefined : { ...place, operation: step.operation };
};

const fileIn = (place: string): string => placeOf(place)?.file ?? place;

/** The places on the way of a call, one for each file. The call's own and those of its stack are the surest. */
const framesOf = ({ site, askedBy, through }: Step): readonly Frame[] => {
  const frames = new Map<string, Frame>();
  for (const place of [...(site === undefined ? [] : [site]), ...askedBy, ...through]) {
    const at = placeOf(place);
    if (at === undefined || at.line === 0 || frames.has(at.file) || isHarness(at.file)) continue;
    frames.set(at.file, { ...at, ...(isLibrary(at.file) ? { library: true } : {}) });
  }
  return [...frames.values()];
};

const entryOf = (
  step: Step,
  life: number,
  index: number,
  cells: readonly CellChange[],
  { label, observed, clockMs }: Pick<TraceEntry, 'label' | 'observed' | 'clockMs'>,
): TraceEntry => {
  const site = siteOf(step);
  const frames = framesOf(step);
  const actor = actorOf(step);
  return {
    life,
    step: index + 1,
    timeMs: step.timeMs,
    ...(clockMs === undefined ? {} : { clockMs }),
    actor,
    operation: step.operation,
    ...(actor === 'program' ? { path: step.path } : {}),
    label,
    result: step.result,
    ...(site === undefined ? {} : { site }),
    ...(step.through.length === 0 ? {} : { through: step.through.map(fileIn) }),
    ...(frames.length === 0 ? {} : { frames }),
    ...(observed === undefined ? {} : { observed }),
    ...(cells.length === 0 ? {} : { cells }),
  };
};

interface Told {
  readonly trace: readonly TraceEntry[];
  readonly crash: PowerCut | undefined;
}

/** The files that a life finds when it starts. */
const foundBy = ({ start }: LifeRecord, kept: KeptBytes): PowerCut['found'] =>
  filesOf(start.image).map(({ path, ino, file }) => {
    const content = kept.of(fileBytes(file));
    return { path, size: file.size, inode: ino, ...(content === undefined ? {} : { content }) };
  });

/** One life up to the crash that ends it, with the disk followed cell by cell. */
const tellLife = (
  life: LifeRecord,
  number: number,
  model: DiskModel,
  crash: Crash | undefined,
  next: LifeRecord | undefined,
  conversation: Conversation,
  kept: KeptBytes,
  shown: ShownStates | undefined,
): Told => {
  const { entries } = life.world.journal;
  const end = crash?.at ?? entries.length;
  const cells = new DiskCells(life.start, model, kept);
  const trace: TraceEntry[] = [];
  let passed = 0;
  let waiting = 0;
  const passTo = (place: number): CellChange[] => {
    const changes: CellChange[] = [];
    for (; passed < place; passed++) {
      const entry = entries[passed];
      if (entry !== undefined) changes.push(...cells.pass(entry));
    }
    return changes;
  };
  for (const [index, step] of stepsUntil(life, crash).entries()) {
    const event = eventOf(life, step);
    if (event?.kind === 'sent') waiting += 1;
    const said = event && conversation.tell(event, waiting);
    if (event?.kind === 'ended') waiting -= 1;
    const changes = passTo(Math.min(step.entriesEnd, end));
    const state = event?.kind === 'seen' ? event.seen.observed : shown?.get(index);
    const observed = state === undefined ? {} : { observed: state };
    const label = said ?? describeStep(step, entries);
    trace.push(
      entryOf(step, number, index, changes, { label, clockMs: life.world.clockMsAt(index), ...observed }),
    );
  }
  if (crash === undefined) return { trace, crash: undefined };
  passTo(end);
  const { volatile } = cells.frontier;
  const ofFate = (fate: 'survived' | 'lost'): readonly MicroOperation[] =>
    volatile.filter(({ id }) => crash.lost.includes(id) === (fate === 'lost'));
  const inWords = (fate: 'survived' | 'lost') =>
    describeOperations(ofFate(fate), cells.paths).map((what) => ({ what, fate }));
  return {
    trace,
    crash: {
      life: number,
      volatile: [...inWords('lost'), ...inWords('survived')],
      // Of a cell that had several versions under way, the last one is the one that shows.
      cells: [
        ...cells.inState(ofFate('survived'), crash.isKill === true ? 'volatile' : 'durable'),
        ...cells.inState(ofFate('lost'), 'lost'),
      ],
      found: next === undefined ? [] : foundBy(next, kept),
    },
  };
};

const cutAfter = (
  until: number | undefined,
  told: readonly Told[],
): Pick<ReplayResult, 'trace' | 'crashes'> => {
  const trace = told.flatMap((life) => life.trace).slice(0, until);
  const reached = trace.at(-1)?.life ?? 0;
  const crashes = told.flatMap(({ crash }) => crash ?? []);
  const isPast = ({ life }: PowerCut): boolean => until === undefined || life < reached;
  return { trace, crashes: crashes.filter(isPast) };
};

/** The number of each line's step over all lives, from 1; 0 where it has none, or one that did not happen. */
const stepsOf = (lines: ReturnType<typeof storyLines>, told: readonly Told[]): readonly number[] => {
  let before = 0;
  const starts = told.map(({ trace }) => {
    const start = before;
    before += trace.length;
    return start;
  });
  return lines.map(({ life, step }) => {
    const length = told[life]?.trace.length ?? 0;
    if (step === undefined || length === 0) return 0;
    return (starts[life] ?? 0) + Math.min(step, length - 1) + 1;
  });
};

interface ShowOptions {
  readonly until?: number | undefined;
  readonly needsGap?: boolean;
  /** By life: what the suite shows between its own looks. */
  readonly states?: readonly ShownStates[];
}

/** What a replay shows of a played run. Cost: linear in its steps. */
export const showRun = (
  suite: Suite,
  model: DiskModel,
  tape: Tape,
  lives: readonly LifeRecord[],
  { until, needsGap = false, states = [] }: ShowOptions = {},
): Pick<ReplayResult, 'story' | 'storySteps' | 'violated' | 'prepared' | 'crashes' | 'trace' | 'sources'> => {
  const conversation = new Conversation(suite, new Sites(lives.flatMap(({ world }) => world.steps)));
  const kept = new KeptBytes(CONTENT_BYTES_MAX);
  const told = lives.map((life, index) =>
    tellLife(
      life,
      index + 1,
      model,
      tape.crashes[index],
      lives[index + 1],
      conversation,
      kept,
      states[index],
    ),
  );
  const prepared = lives.slice(0, 1).flatMap((life) => foundBy(life, kept));
  const lines = storyLines(suite, model, tape, lives, { needsGap });
  const shown = cutAfter(until, told);
  return {
    story: lines.map(({ text }) => text).join('\n'),
    storySteps: stepsOf(lines, told),
    violated: (lives.at(-1)?.broken ?? []).map((broken) => ({
      invariant: broken.invariant,
      message: broken.message,
      ...statesOf(broken),
    })),
    ...(prepared.length === 0 ? {} : { prepared }),
    ...shown,
    sources: excerptsOf(shown.trace.flatMap(({ frames = [] }) => frames)),
  };
};
