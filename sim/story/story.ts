/**
 * The story: a failing run told in sentences, in the order in which it happened, for someone who does not know the tool.
 * A line that is indented belongs to the sentence above it.
 */

import type { Fill } from '../disk/crash-model/crash-image.js';
import type { DiskImage } from '../disk/crash-model/disk-image.js';
import type { DiskModel } from '../disk/crash-model/disk-models.js';
import { type Crash, Frontier } from '../disk/crash-model/durability.js';
import type { Broken, LifeRecord } from '../life/life-record.js';
import { describeStep, type Step } from '../life/step.js';
import type { World } from '../life/world.js';
import type { Tape } from '../run/tape.js';
import type { Suite } from '../suite/suite.js';
import { clockText } from '../util/clock-text.js';
import { Conversation, counted, eventOf, sentence } from './conversation.js';
import { describeConditions, describeDisturbance } from './describe-conditions.js';
import { describeFiles, describeOperations, filesOf, Paths } from './describe-disk.js';
import { Sites, shortSite } from './describe-sites.js';

/** A story shows only the last steps of a life before the power cut: those led to it. */
const STEPS_TOLD = 8;
const ITEMS_TOLD = 5;

/** A line of a story, with the step it is about, by its index among those of its life. */
interface Line {
  readonly text: string;
  readonly step?: number;
}

const listed = (items: readonly string[], separator = '; '): string => {
  const more = items.length - ITEMS_TOLD;
  const told = items.slice(0, ITEMS_TOLD).join(separator);
  return more > 0 ? `${told}${separator}and ${more} more` : told;
};

const hasEffect = ({ entriesStart, entriesEnd, fault }: Step): boolean =>
  entriesEnd > entriesStart || fault !== undefined;

/** The call that failed with the error that the story reports: the last one with that code, on that file. */
const failureBehind = ({ world, broken }: LifeRecord): Step | undefined =>
  world.steps.findLast(
    ({ result, path }) =>
      typeof result === 'string' &&
      broken.some(({ message }) => message.includes(result) && message.includes(`'${path}'`)),
  );

const FILLED: Readonly<Record<Fill, string>> = {
  zero: '',
  stale: ' Lost sectors hold stale bytes.',
  garbage: ' One lost sector was being written, and holds garbage.',
};

/** What was on its way to the disk when the power failed, and what became of it. */
const describeLoss = (life: LifeRecord, model: DiskModel, crash: Crash): string => {
  const entries = life.world.journal.entries.slice(0, crash.at);
  const frontier = new Frontier(life.start, model);
  const paths = new Paths(life.start.image);
  for (const entry of entries) {
    frontier.pass(entry);
    paths.pass(entry);
  }
  const { volatile } = frontier;
  const lost = describeOperations(
    volatile.filter(({ id }) => crash.lost.includes(id)),
    paths,
  );
  const kept = describeOperations(
    volatile.filter(({ id }) => !crash.lost.includes(id)),
    paths,
  );
  if (crash.isKill === true)
    return `The machine stays up. Not durable yet: ${kept.length === 0 ? 'nothing' : listed(kept)}.`;
  if (model.volatileSurvives === 'all') return 'Only the process dies: every write survives.';
  if (volatile.length === 0) return 'Nothing is lost: every write is durable.';
  if (lost.length === 0)
    return `Nothing is lost. Survived without fsync: ${listed(kept)}.${FILLED[crash.fill]}`;
  const survived = kept.length > 0 ? ` Survived without fsync: ${listed(kept)}.` : '';
  return `Lost (never fsynced): ${listed(lost)}.${survived}${FILLED[crash.fill]}`;
};

/** The moment of the crash, relative to the last step of the story. */
const describeMoment = (life: LifeRecord, crash: Crash, conversation: Conversation): string => {
  const { steps } = life.world;
  const middle = steps.find((step) => step.entriesStart < crash.at && crash.at < step.entriesEnd);
  if (middle !== undefined)
    return `during: ${describeStep(middle, life.world.journal.entries)}${conversation.sites.of(middle)}`;
  const next = steps.find((step) => step.entriesStart >= crash.at && step.entriesEnd > step.entriesStart);
  const event = next === undefined ? undefined : eventOf(life, next);
  if (next === undefined || event?.kind === 'seen') return 'at this point';
  switch (event?.kind) {
    case 'sent':
      return 'before the client sends the next command';
    case 'ended':
      return 'before the client gets the answer';
    case 'effect':
      return `before this effect: ${conversation.effect(event.effect)}${conversation.sites.of(next)}`;
    default:
      return `before the next step: ${describeStep(next, life.world.journal.entries)}${conversation.sites.of(next)}`;
  }
};

interface Stretch {
  /** Journal places. */
  readonly from: number;
  readonly until: number;
  /** Leave out steps outside of commands, starts and shutdowns: an invariant that acts on the program makes such steps. */
  readonly onlyWhileAsked?: boolean;
  /** The process of this life ends in it, if it ends. */
  readonly withEnd: boolean;
}

const END = 'end';

/** Whether the process of a life ended before it was up. */
const endsWhileStarting = ({ world, recoverySteps }: LifeRecord): boolean =>
  world.steps.length === recoverySteps && world.ended !== undefined;

const describeEndOfProcess = ({ ended }: World, conversation: Conversation, step: Step): string => {
  const timer = ended?.timerSetAt === undefined ? '' : `, in a timer set at ${shortSite(ended.timerSetAt)}`;
  return sentence(`The process ${step.path}${conversation.sites.of(step)}${timer}`);
};

/** Tells a stretch of a life: who asked what, and what the program did about it. */
const describeSteps = (
  life: LifeRecord,
  { from, until, onlyWhileAsked = false, withEnd }: Stretch,
  conversation: Conversation,
): readonly Line[] => {
  const lines: (Line & { readonly ofProgram: boolean })[] = [];
  const waiting = new Set<number>();
  const failed = failureBehind(life);
  for (const [index, step] of life.world.steps.entries()) {
    if (step.entriesStart >= from && step.entriesStart < until)
      for (const { disturbance } of life.world.disturbed.filter(({ steps }) => steps === index))
        lines.push({ text: describeDisturbance(disturbance), step: index, ofProgram: false });
    if (step.operation === END && withEnd)
      lines.push({
        text: describeEndOfProcess(life.world, conversation, step),
        step: index,
        ofProgram: false,
      });
    if (step.entriesStart < from || step.entriesEnd > until || !(hasEffect(step) || step === failed))
      continue;
    const event = eventOf(life, step);
    if (event === undefined) {
      if (waiting.size > 0 || !onlyWhileAsked || step === failed)
        lines.push({
          text: `    ${describeStep(step, life.world.journal.entries)}${conversation.sites.of(step)}`,
          step: index,
          ofProgram: true,
        });
      continue;
    }
    if (event.kind === 'sent') waiting.add(event.index);
    const text = conversation.tell(event, waiting.size);
    if (event.kind === 'ended') waiting.delete(event.index);
    if (text !== undefined) lines.push({ text, step: index, ofProgram: false });
  }
  const hidden = lines.filter(({ ofProgram }) => ofProgram).length - STEPS_TOLD;
  let passed = 0;
  return lines.flatMap((line) => {
    if (!line.ofProgram) return [line];
    passed += 1;
    if (passed > hidden) return [line];
    return passed === hidden ? [{ text: `    (${counted(hidden, 'step')} omitted)` }] : [];
  });
};

const describeCrash = (
  life: LifeRecord,
  model: DiskModel,
  crash: Crash,
  conversation: Conversation,
): readonly Line[] => {
  const what = crash.isKill === true ? 'THE PROCESS IS KILLED' : 'THE POWER FAILS';
  const step = life.world.steps.findLastIndex(({ entriesEnd }) => entriesEnd <= crash.at);
  return [
    { text: sentence(`${what} ${describeMoment(life, crash, conversation)}`), step },
    { text: describeLoss(life, model, crash), step },
  ];
};

/** 'The disk was prepared: 3 files.' An empty directory counts where there is no file. */
const describePrepared = (image: DiskImage, entries: readonly string[]): string => {
  const files = filesOf(image).length;
  const only = entries.length === 1 ? '1 empty directory' : `${entries.length} empty directories`;
  return `The disk was prepared: ${files > 0 ? counted(files, 'file') : only}.`;
};

const describeStart = ({ start }: LifeRecord, number: number): string => {
  const files = describeFiles(start.image);
  if (number === 0)
    return files.length === 0
      ? 'The program starts on an empty disk.'
      : `${describePrepared(start.image, files)} The program starts.`;
  const found = files.length === 0 ? 'no file' : listed(files, ', ');
  if (start.carried !== undefined) return `The program restarts on the page cache, which holds ${found}.`;
  return `The program restarts. The disk holds ${found}.`;
};

/** What the clock of a life said at its last step up to a place in its journal. */
const clockAt = ({ world }: LifeRecord, place: number): string =>
  clockText(world.clockMsAt(world.steps.findLastIndex(({ entriesEnd }) => entriesEnd <= place)));

/** How far the clock went on between two lives, for a failure that needs it. */
const describeGap = (
  before: LifeRecord | undefined,
  crash: Crash | undefined,
  life: LifeRecord,
): readonly Line[] => {
  if (before === undefined || crash === undefined) return [];
  const start = clockText(life.world.clock.startMs);
  const text = `Its clock says ${start}. At the crash it said ${clockAt(before, crash.at)}. The failure needs this gap.`;
  return [{ text, step: 0 }];
};

/** 'The process ends … by an uncaught exception, Error: boom (store.ts:12).' */
export const messageWithSite = ({ message, place }: Broken): string =>
  place === undefined ? message : sentence(`${message.replace(/\.$/, '')} (${shortSite(place)})`);

/** The states that a check returned, where it did. */
export const statesOf = ({ expected, actual }: Broken): Pick<Broken, 'expected' | 'actual'> =>
  expected === undefined || actual === undefined ? {} : { expected, actual };

/** What is wrong, once, with all that it breaks. */
const describeBroken = (
  broken: readonly Broken[],
  target: string | undefined,
  step: number,
): readonly Line[] => {
  const byMessage = new Map<string, Broken[]>();
  for (const one of broken) byMessage.set(one.message, [...(byMessage.get(one.message) ?? []), one]);
  return [...byMessage.values()].flatMap(([first, ...alike]) => {
    if (first === undefined) return [];
    const { invariant, statement } = first;
    const others = alike.map((one) => one.invariant).join(', ');
    const texts = [
      ...(target === undefined || invariant === target
        ? [`BROKEN: ${invariant}. ${statement}`, sentence(`What is wrong: ${messageWithSite(first)}`)]
        : [sentence(`Also broken: ${invariant}: ${messageWithSite(first)}`)]),
      ...(others === '' ? [] : [`Broken by the same: ${others}.`]),
    ];
    return texts.map((text) => ({ text, step }));
  });
};

/** The last life up to the violation, which the story reports at the moment when it shows. */
const describeEnd = (
  life: LifeRecord,
  conversation: Conversation,
  target: string | undefined,
): readonly Line[] => {
  const { recoveredAt, recoverySteps, world } = life;
  // The target comes first among what shows at the same time.
  const broken = [...life.broken].sort(
    (a, b) => Number(b.invariant === target) - Number(a.invariant === target),
  );
  const isWhole = life.start.history.crashes === 0 && world.ended === undefined;
  const stays: readonly Line[] = isWhole ? [{ text: 'The power stays on.' }] : [];
  const early = broken.filter(({ moment }) => moment === 'recovered');
  const late = broken.filter(({ moment }) => moment !== 'recovered');
  const recovery = [
    ...describeSteps(life, { from: 0, until: recoveredAt, withEnd: endsWhileStarting(life) }, conversation),
    ...describeBroken(early, target, recoverySteps - 1),
  ];
  if (early.length > 0 && late.length === 0) return recovery;
  const rest = {
    from: recoveredAt,
    until: world.journal.entries.length,
    onlyWhileAsked: true,
    withEnd: !endsWhileStarting(life),
  };
  const last = world.steps.length - 1;
  return [
    ...recovery,
    ...describeSteps(life, rest, conversation),
    ...stays,
    ...describeBroken(late, target, last),
  ];
};

/** A line of a story of several lives. */
export interface StoryLine extends Line {
  /** Index of the life. */
  readonly life: number;
}

export interface StoryOptions {
  /** The invariant that the story is about. */
  readonly target?: string;
  /** The failure needs the time between two lives. */
  readonly needsGap?: boolean;
}

/** Tells a played tape. */
export const storyLines = (
  suite: Suite,
  model: DiskModel,
  tape: Tape,
  lives: readonly LifeRecord[],
  { target, needsGap = false }: StoryOptions = {},
): readonly StoryLine[] => {
  const sites = new Sites(lives.flatMap(({ world }) => world.steps));
  const conversation = new Conversation(suite, sites);
  return lives.flatMap((life, number): readonly StoryLine[] => {
    const crash = tape.crashes[number];
    const start: readonly Line[] = [
      { text: describeStart(life, number), step: 0 },
      ...(needsGap ? describeGap(lives[number - 1], tape.crashes[number - 1], life) : []),
      ...describeConditions(tape, number).map((text) => ({ text, step: 0 })),
    ];
    const rest =
      crash === undefined
        ? describeEnd(life, conversation, target)
        : [
            ...describeSteps(
              life,
              { from: 0, until: crash.at, withEnd: crash.at === life.world.journal.entries.length },
              conversation,
            ),
            ...describeCrash(life, model, crash, conversation),
          ];
    return [...start, ...rest].map(({ text, step }) => ({
      text,
      life: number,
      ...(step === undefined || step < 0 ? {} : { step }),
    }));
  });
};

/** The same as text. */
export const renderStory = (...of: Parameters<typeof storyLines>): string =>
  storyLines(...of)
    .map(({ text }) => text)
    .join('\n');
