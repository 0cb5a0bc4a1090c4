/** The story: a failing run told in sentences, for someone who does not know the tool. */

import type { Fill } from '../disk/apply.js';
import type { JournalEntry } from '../disk/journal.js';
import type { MicroOperation } from '../disk/micro-operation.js';
import type { DiskModel } from '../disk/models.js';
import { SECTOR_BYTES } from '../disk/sector.js';
import { jsonIdentity } from '../history.js';
import type { Json, Outcome, Suite } from '../suite.js';
import { describeStep, type Step } from '../trace/step.js';
import { conditionsTold } from './conditions-told.js';
import { type Crash, Frontier } from './crash-states.js';
import type { LifeRecord } from './live.js';
import type { Tape } from './tape.js';

const STEPS_TOLD = 6;
const OPERATIONS_TOLD = 5;
const CLIENT_STEPS = new Set(['send', 'acknowledge', 'reject', 'outside', 'observe']);

const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** The path each inode was last given in a life, by what its journal says. */
const pathsOf = (entries: readonly JournalEntry[], life: LifeRecord): Map<number, string> => {
  const paths = new Map<number, string>([[1, '']]);
  const walk = (ino: number): void => {
    const inode = life.start.image.inodes.get(ino);
    if (inode?.kind !== 'directory') return;
    for (const [name, child] of inode.entries) {
      paths.set(child, `${paths.get(ino) ?? ''}/${name}`);
      walk(child);
    }
  };
  walk(1);
  for (const entry of entries) {
    if (entry.kind !== 'entries') continue;
    for (const { directory, name, ino } of entry.changes) {
      if (ino !== undefined) paths.set(ino, `${paths.get(directory) ?? ''}/${name}`);
    }
  }
  return paths;
};

const describeOperation = (operation: MicroOperation, paths: ReadonlyMap<number, string>): string => {
  const path = (ino: number): string => paths.get(ino) || '/';
  switch (operation.kind) {
    case 'sector':
      return `bytes ${operation.index * SECTOR_BYTES} to ${(operation.index + 1) * SECTOR_BYTES - 1} of ${path(operation.ino)}`;
    case 'block': {
      const [first, last] = [operation.writes[0], operation.writes.at(-1)];
      const [from, to] = [(first?.index ?? 0) * SECTOR_BYTES, ((last?.index ?? 0) + 1) * SECTOR_BYTES - 1];
      return `bytes ${from} to ${to} of ${path(operation.ino)}`;
    }
    case 'size':
      return `the size (${operation.size} B) of ${path(operation.ino)}`;
    case 'mode':
      return `the permissions of ${path(operation.ino)}`;
    case 'entries': {
      const names = operation.changes.map(({ directory, name, ino }) => {
        const full = `${paths.get(directory) ?? ''}/${name}`;
        return ino === undefined ? `the removal of the name ${full}` : `the name ${full}`;
      });
      return names.join(' together with ');
    }
    default:
      return operation satisfies never;
  }
};

const listed = (items: readonly string[]): string => {
  const told = items.slice(0, OPERATIONS_TOLD);
  const more = items.length - told.length;
  return told.join('; ') + (more > 0 ? `; and ${more} more` : '');
};

const FILLED: Readonly<Record<Fill, string>> = {
  zero: '',
  stale: ' Where data is missing the disk shows old bytes.',
  garbage: ' The first sector that is missing was being written when the power failed, and holds garbage.',
};

const diskAtCrash = (life: LifeRecord, model: DiskModel, crash: Crash): string => {
  const { entries } = life.world.journal;
  const frontier = new Frontier(life.start.image, life.start.history, model);
  for (const entry of entries.slice(0, crash.at)) frontier.pass(entry);
  const paths = pathsOf(entries.slice(0, crash.at), life);
  const lost = frontier.volatile.filter((operation) => crash.lost.includes(operation.id));
  const kept = frontier.volatile.filter((operation) => !crash.lost.includes(operation.id));
  if (model.volatileSurvives === 'all') return 'Everything that had been written is still there.';
  if (frontier.volatile.length === 0)
    return 'Everything that had been written is safely on the disk; nothing was lost.';
  const filled = FILLED[crash.fill];
  if (lost.length === 0)
    return `Nothing was lost, though ${plural(kept.length, 'change')} had not been synced.`;
  const survived =
    kept.length > 0
      ? ` Not synced either, but there: ${listed(kept.map((o) => describeOperation(o, paths)))}.`
      : '';
  return `Lost, as no fsync covered it: ${listed(lost.map((o) => describeOperation(o, paths)))}.${survived}${filled}`;
};

const siteOf = (step: Step): string =>
  step.site === undefined ? '' : ` (${step.site.replace(/^.*\/(?=[^/]+\/[^/]+$)/, '')})`;

const between = (life: LifeRecord, crash: Crash): string => {
  const { steps } = life.world;
  const cut = steps.findIndex((step) => step.entriesEnd > crash.at);
  const isInside = (step: Step): boolean => step.entriesStart < crash.at && crash.at < step.entriesEnd;
  const next = cut === -1 ? undefined : steps[cut];
  if (next !== undefined && isInside(next)) return `in the middle of: ${describeStep(next)}${siteOf(next)}`;
  // Reads change nothing, so the power may as well fail right after the last thing that did.
  const last = steps
    .filter((step) => step.entriesEnd <= crash.at && step.entriesEnd > step.entriesStart)
    .at(-1);
  const following = steps.find(
    (step) => step.entriesStart >= crash.at && step.entriesEnd > step.entriesStart,
  );
  const after =
    last === undefined ? 'before anything was written' : `right after: ${describeStep(last)}${siteOf(last)}`;
  return following === undefined
    ? after
    : `${after} — and before: ${describeStep(following)}${siteOf(following)}`;
};

const told = (outcome: Outcome): string => {
  switch (outcome.status) {
    case 'acknowledged': {
      const result = jsonIdentity(outcome.result);
      return outcome.result === null
        ? 'done'
        : `done, ${result.length > 160 ? `${result.slice(0, 160)}…` : result}`;
    }
    case 'rejected':
      return `refused: ${outcome.error.name}: ${outcome.error.message}`;
    case 'unknown':
      return 'no answer came';
    default:
      return outcome satisfies never;
  }
};

/** What the client and the outside world saw in a life, up to a crash or to its end. */
const conversation = (suite: Suite, life: LifeRecord, until: number): string[] => {
  const describe = (command: Json): string => suite.describe?.(command) ?? jsonIdentity(command);
  const known = new Map(life.start.history.commands.map(({ index, command }) => [index, command]));
  const lines: string[] = [];
  const asked = new Set(known.keys());
  for (const entry of life.world.journal.entries.slice(0, until)) {
    if (entry.kind !== 'observed') continue;
    const { event } = entry;
    if (event.kind === 'sent') {
      const again = asked.has(event.index)
        ? 'Not knowing whether it had happened, the client sends it again'
        : 'The client asks';
      asked.add(event.index);
      known.set(event.index, event.command);
      lines.push(`${again}: ${describe(event.command)}.`);
    } else if (event.kind === 'ended') {
      lines.push(`The answer: ${told(event.outcome)}.`);
    } else if (event.kind === 'effect') {
      lines.push(`Seen outside: ${jsonIdentity(event.effect)}.`);
    }
  }
  return lines;
};

const stepsBefore = (life: LifeRecord, crash: Crash): string[] => {
  const changing = life.world.steps.filter(
    (step) =>
      step.entriesStart < crash.at &&
      (step.entriesEnd > step.entriesStart || step.fault !== undefined) &&
      !CLIENT_STEPS.has(step.operation),
  );
  return changing.slice(-STEPS_TOLD).map((step) => `    ${describeStep(step)}${siteOf(step)}`);
};

/** Tells a played tape. `target` is the invariant the story is about. */
export const tellStory = (
  suite: Suite,
  model: DiskModel,
  tape: Tape,
  lives: readonly LifeRecord[],
  target?: string,
): string => {
  const lines: string[] = [];
  lives.forEach((life, number) => {
    const crash = tape.crashes[number];
    lines.push(
      number === 0
        ? 'The program starts on an empty disk.'
        : 'The power comes back and the program starts again.',
    );
    lines.push(...conditionsTold(tape, number));
    const end = crash?.at ?? life.world.journal.entries.length;
    lines.push(...conversation(suite, life, end));
    if (crash === undefined) return;
    const steps = stepsBefore(life, crash);
    if (steps.length > 0) lines.push('The last things it did to the disk:', ...steps);
    lines.push(`THE POWER FAILS ${between(life, crash)}.`, diskAtCrash(life, model, crash));
  });
  const broken = lives.at(-1)?.broken ?? [];
  const main = broken.filter(({ invariant }) => target === undefined || invariant === target);
  for (const { invariant, message, statement } of main) {
    lines.push(`BROKEN: ${invariant}. ${statement}`, `What is wrong: ${message}`);
  }
  for (const { invariant, message } of broken) {
    if (!main.some((told) => told.invariant === invariant))
      lines.push(`Also broken: ${invariant}. ${message}`);
  }
  return lines.join('\n');
};
