/**
 * The story: a failing run told in sentences, in the order in which it happened, for someone who does not know the tool.
 * A line that is indented belongs to the sentence above it.
 */

import { relative } from 'node:path';
import type { Fill } from '../disk/apply.js';
import type { DiskModel } from '../disk/models.js';
import { type HistoryEvent, jsonIdentity } from '../history.js';
import type { Json, Outcome, Suite } from '../suite.js';
import { describeStep, type Step } from '../trace/step.js';
import { conditionsTold } from './conditions-told.js';
import { type Crash, Frontier } from './crash-states.js';
import { describeFiles, describeOperations, Paths } from './disk-words.js';
import type { Broken, LifeRecord } from './live.js';
import type { Tape } from './tape.js';

/** Of a life, only the last steps before the power fails are told: those are what it is about. */
const STEPS_TOLD = 8;
const ITEMS_TOLD = 5;
const ANSWER_CHARACTERS = 160;

const listed = (items: readonly string[], separator = '; '): string => {
  const more = items.length - ITEMS_TOLD;
  const told = items.slice(0, ITEMS_TOLD).join(separator);
  return more > 0 ? `${told}${separator}and ${more} more` : told;
};

/** A message of someone else's may or may not end as a sentence does, or have been given an end once more. */
const sentence = (text: string): string =>
  /[.!?…]["')]?$/.test(text) ? text.replace(/([.!?…])\.$/, '$1') : `${text}.`;

/** A file with the folder it is in, unless that is the one we are in. */
const siteOf = ({ site }: Step): string => {
  if (site === undefined) return '';
  const fromHere = relative(process.cwd(), site);
  return ` (${fromHere.includes('/') ? site.replace(/^.*\/(?=[^/]+\/[^/]+$)/, '') : fromHere})`;
};

const hasEffect = ({ entriesStart, entriesEnd, fault }: Step): boolean =>
  entriesEnd > entriesStart || fault !== undefined;

/** Tells what the client and the outside world see of one run. */
class Conversation {
  private readonly commands = new Map<number, Json>();
  private readonly asked = new Set<number>();

  constructor(private readonly suite: Suite) {}

  private command(index: number): string {
    const command = this.commands.get(index) ?? null;
    return this.suite.describe?.(command) ?? jsonIdentity(command);
  }

  private answer(outcome: Outcome): string {
    if (outcome.status === 'unknown') return 'No answer comes.';
    if (outcome.status === 'rejected')
      return sentence(`The answer: refused, ${outcome.error.name}: ${outcome.error.message}`);
    const { result } = outcome;
    if (result === null) return 'The answer: done.';
    const text = this.suite.describeResult?.(result) ?? `done, ${jsonIdentity(result)}`;
    const isLong = text.length > ANSWER_CHARACTERS;
    return sentence(`The answer: ${isLong ? `${text.slice(0, ANSWER_CHARACTERS)}…` : text}`);
  }

  /** One sentence; none for what only the explorer sees. `waiting`: how many commands have no answer yet. */
  tell(event: HistoryEvent, waiting: number): string | undefined {
    switch (event.kind) {
      case 'sent': {
        const again = this.asked.has(event.index);
        this.asked.add(event.index);
        this.commands.set(event.index, event.command);
        const words = this.command(event.index);
        return again
          ? `Not knowing whether it had happened, the client asks again: ${words}.`
          : `The client asks: ${words}.`;
      }
      case 'ended': {
        const answer = this.answer(event.outcome);
        return waiting > 1 ? answer.replace('answer:', `answer to "${this.command(event.index)}":`) : answer;
      }
      case 'effect':
        return sentence(`Seen outside: ${this.effect(event.effect)}`);
      default:
        return undefined;
    }
  }

  effect(effect: Json): string {
    return this.suite.describeEffect?.(effect) ?? jsonIdentity(effect);
  }
}

const eventOf = (life: LifeRecord, step: Step): HistoryEvent | undefined => {
  const entry = life.world.journal.entries[step.entriesStart];
  return entry?.kind === 'observed' ? entry.event : undefined;
};

const FILLED: Readonly<Record<Fill, string>> = {
  zero: '',
  stale: ' Where data is missing the disk shows old bytes.',
  garbage: ' The first sector that is missing was being written when the power failed, and holds garbage.',
};

/** What was on its way to the disk when the power failed, and what became of it. */
const lossOf = (life: LifeRecord, model: DiskModel, crash: Crash): string => {
  const entries = life.world.journal.entries.slice(0, crash.at);
  const frontier = new Frontier(life.start.image, life.start.history, model);
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
  if (model.volatileSurvives === 'all') return 'Only the program dies: everything it had written is there.';
  if (volatile.length === 0) return 'Nothing is lost: all that had been written is safely on the disk.';
  if (lost.length === 0)
    return `Nothing is lost, though this had not been synced: ${listed(kept)}.${FILLED[crash.fill]}`;
  const survived = kept.length > 0 ? ` Not synced either, but there: ${listed(kept)}.` : '';
  return `Lost, as no fsync covered it: ${listed(lost)}.${survived}${FILLED[crash.fill]}`;
};

/** Where the power fails, seen from the last step that was told. */
const momentOf = (life: LifeRecord, crash: Crash, conversation: Conversation): string => {
  const { steps } = life.world;
  const middle = steps.find((step) => step.entriesStart < crash.at && crash.at < step.entriesEnd);
  if (middle !== undefined)
    return `in the middle of this: ${describeStep(middle, life.world.journal.entries)}${siteOf(middle)}`;
  const next = steps.find((step) => step.entriesStart >= crash.at && step.entriesEnd > step.entriesStart);
  const event = next === undefined ? undefined : eventOf(life, next);
  if (next === undefined || event?.kind === 'seen') return 'right then';
  switch (event?.kind) {
    case 'sent':
      return 'before the client asks for more';
    case 'ended':
      return 'before the client is told';
    case 'effect':
      return `before this goes out: ${conversation.effect(event.effect)}${siteOf(next)}`;
    default:
      return `before the next step: ${describeStep(next, life.world.journal.entries)}${siteOf(next)}`;
  }
};

interface Stretch {
  /** Journal places. */
  readonly from: number;
  readonly until: number;
  /** Leave out what the program did while nothing was asked of it: an invariant that acts on it makes such steps. */
  readonly onlyWhileAsked?: boolean;
}

/** Tells a stretch of a life: who asked what, and what the program did about it. */
const tellSteps = (
  life: LifeRecord,
  { from, until, onlyWhileAsked = false }: Stretch,
  conversation: Conversation,
): string[] => {
  const lines: { readonly text: string; readonly ofProgram: boolean }[] = [];
  const waiting = new Set<number>();
  for (const step of life.world.steps) {
    if (step.entriesStart < from || step.entriesEnd > until || !hasEffect(step)) continue;
    const event = eventOf(life, step);
    if (event === undefined) {
      if (waiting.size > 0 || !onlyWhileAsked)
        lines.push({
          text: `    ${describeStep(step, life.world.journal.entries)}${siteOf(step)}`,
          ofProgram: true,
        });
      continue;
    }
    if (event.kind === 'sent') waiting.add(event.index);
    const text = conversation.tell(event, waiting.size);
    if (event.kind === 'ended') waiting.delete(event.index);
    if (text !== undefined) lines.push({ text, ofProgram: false });
  }
  let hidden = lines.filter(({ ofProgram }) => ofProgram).length - STEPS_TOLD;
  return lines.flatMap(({ text, ofProgram }) => {
    if (!ofProgram) return [text];
    return hidden-- > 0 ? [] : [text];
  });
};

const tellCrash = (
  life: LifeRecord,
  model: DiskModel,
  crash: Crash,
  conversation: Conversation,
): string[] => [
  sentence(`THE POWER FAILS ${momentOf(life, crash, conversation)}`),
  lossOf(life, model, crash),
];

const tellStart = ({ start }: LifeRecord, number: number): string => {
  if (number === 0) return 'The program starts on an empty disk.';
  const files = describeFiles(start.image);
  const found = files.length === 0 ? 'no file' : listed(files, ', ');
  return `The power comes back. On the disk the program finds ${found}, and starts again.`;
};

/** What is wrong, once, with all that it breaks. */
const tellBroken = (broken: readonly Broken[], target: string | undefined): string[] => {
  const byMessage = new Map<string, Broken[]>();
  for (const one of broken) byMessage.set(one.message, [...(byMessage.get(one.message) ?? []), one]);
  return [...byMessage.values()].flatMap(([first, ...alike]) => {
    if (first === undefined) return [];
    const { invariant, statement, message } = first;
    const others = alike.map((one) => one.invariant).join(', ');
    return [
      ...(target === undefined || invariant === target
        ? [`BROKEN: ${invariant}. ${statement}`, sentence(`What is wrong: ${message}`)]
        : [sentence(`Also broken: ${invariant}: ${message}`)]),
      ...(others === '' ? [] : [`Broken by the same: ${others}.`]),
    ];
  });
};

/** The last life, as far as something was found broken in it: what is wrong is told when it shows. */
const tellEnd = (life: LifeRecord, conversation: Conversation, target: string | undefined): string[] => {
  const { recoveredAt, world } = life;
  // The target comes first among what shows at the same time.
  const broken = [...life.broken].sort(
    (a, b) => Number(b.invariant === target) - Number(a.invariant === target),
  );
  const early = broken.filter(({ moment }) => moment === 'recovered');
  const late = broken.filter(({ moment }) => moment !== 'recovered');
  const recovery = [
    ...tellSteps(life, { from: 0, until: recoveredAt }, conversation),
    ...tellBroken(early, target),
  ];
  if (early.length > 0 && late.length === 0) return recovery;
  const rest = { from: recoveredAt, until: world.journal.entries.length, onlyWhileAsked: true };
  return [...recovery, ...tellSteps(life, rest, conversation), ...tellBroken(late, target)];
};

/** Tells a played tape. `target` is the invariant the story is about. */
export const tellStory = (
  suite: Suite,
  model: DiskModel,
  tape: Tape,
  lives: readonly LifeRecord[],
  target?: string,
): string => {
  const conversation = new Conversation(suite);
  return lives
    .flatMap((life, number) => {
      const crash = tape.crashes[number];
      const start = [tellStart(life, number), ...conditionsTold(tape, number)];
      return crash === undefined
        ? [...start, ...tellEnd(life, conversation, target)]
        : [
            ...start,
            ...tellSteps(life, { from: 0, until: crash.at }, conversation),
            ...tellCrash(life, model, crash, conversation),
          ];
    })
    .join('\n');
};
