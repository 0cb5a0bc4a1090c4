/**
 * The identity of a finding: the same for the same bug, whatever the seed, and wherever lines move.
 *
 * Two shrunk runs of one bug may differ in their commands, in random values, and in where exactly the power fails. They agree in
 * what was lost and which functions of the program had written it. Where nothing was lost, the moment of the last crash counts: the
 * calls before and after it. How the program ended counts, too, and which errors it named.
 */
import type { DiskModel } from '../disk/crash-model/disk-models.js';
import type { Crash } from '../disk/crash-model/durability.js';
import type { Broken, LifeRecord } from '../life/life-record.js';
import type { Step } from '../life/step.js';
import type { Tape } from '../run/tape.js';
import { hashText } from '../util/hash.js';
import { type Fate, fatesAt } from './crash-fates.js';

/** A played run, with its call sites. */
export interface PlayedRun {
  readonly tape: Tape;
  readonly lives: readonly LifeRecord[];
  readonly model: DiskModel;
  /** What it broke. */
  readonly broken: Broken;
}

/** A life, and the crash that ended it. */
interface Ended {
  readonly life: LifeRecord;
  readonly crash: Crash;
}

/** Of a call. Many programs have one function through which they write: so its caller counts, too. */
const FUNCTIONS = 2;

const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort();

/** 'write by files#write < log#append': the call, and the innermost functions of the program that made it. */
const callOf = (step: Step | undefined): string => {
  if (step === undefined) return 'nothing';
  const by = step.functions.slice(0, FUNCTIONS).join(' < ');
  return by === '' ? step.operation : `${step.operation} by ${by}`;
};

/** The commands without an answer when this many journal entries had happened. */
const openAt = ({ world }: LifeRecord, place: number): ReadonlySet<number> => {
  const open = new Set<number>();
  for (const entry of world.journal.entries.slice(0, place)) {
    if (entry.kind !== 'observed') continue;
    if (entry.event.kind === 'sent') open.add(entry.event.index);
    if (entry.event.kind === 'ended') open.delete(entry.event.index);
  }
  return open;
};

/** Whether the commands that were under way at a lost change had been answered at the crash. */
const answerTo = (step: Step, { life, crash }: Ended): 'answered' | 'unanswered' | 'idle' => {
  const then = [...openAt(life, step.entriesStart)];
  const now = openAt(life, crash.at);
  if (then.length === 0) return 'idle';
  return then.some((index) => now.has(index)) ? 'unanswered' : 'answered';
};

interface Loss {
  readonly text: string;
  readonly answer: ReturnType<typeof answerTo>;
}

/** Bytes of a file and its size are lost together or apart: that is one bug. */
const lossOf = ({ change, step }: Fate, ended: Ended): Loss => {
  const kind = change === 'size' ? 'data' : change;
  if (step === undefined) return { text: `${kind} of an earlier life`, answer: 'answered' };
  return { text: `${kind} of ${callOf(step)}`, answer: answerTo(step, ended) };
};

const lossesIn = (ended: Ended, model: DiskModel): readonly Loss[] =>
  fatesAt(ended.life, model, ended.crash)
    .filter(({ isLost }) => isLost)
    .map((fate) => lossOf(fate, ended));

const momentOf = ({ life: { world }, crash }: Ended): readonly string[] => {
  const steps = world.steps.filter(({ entriesStart, entriesEnd }) => entriesEnd > entriesStart);
  const inside = steps.find((step) => step.entriesStart < crash.at && crash.at < step.entriesEnd);
  if (inside !== undefined) return [`inside ${callOf(inside)}`];
  return [
    `after ${callOf(steps.findLast(({ entriesEnd }) => entriesEnd <= crash.at))}`,
    `before ${callOf(steps.find(({ entriesStart }) => entriesStart >= crash.at))}`,
  ];
};

const kindOf = ({ crash: { isKill, fill } }: Ended): string =>
  isKill === true ? 'kill' : `power cut, ${fill}`;

/**
 * What the crashes did. Any program may lose what no answer depends on: where answered changes were lost, these are to blame. So
 * a forgotten sync differs from a torn write that recovery does not expect.
 */
const crashLines = (ended: readonly Ended[], model: DiskModel): readonly string[] => {
  const losses = ended.flatMap((one) => lossesIn(one, model));
  const answered = losses.filter(({ answer }) => answer === 'answered');
  const guilty = answered.length > 0 ? answered : losses;
  const last = losses.length === 0 ? ended.at(-1) : undefined;
  return [
    ...distinct(ended.map(kindOf)),
    ...distinct(guilty.map(({ text, answer }) => `${text}, ${answer}`)),
    ...(last === undefined ? [] : momentOf(last)),
  ];
};

/** 'SyntaxError', 'ENOENT': the parts of a message that are no values of this run. */
const errorsIn = (message: string): readonly string[] =>
  distinct(message.match(/\b(?:E[A-Z]{3,}|[A-Z]\w*Error)\b/g) ?? []);

/** The lines that the identity is made of. */
const shapeOf = ({ tape, lives, model, broken }: PlayedRun): readonly string[] => {
  const ended = tape.crashes.flatMap((crash, number) => {
    const life = lives[number];
    return life === undefined ? [] : [{ life, crash }];
  });
  const end = lives.at(-1)?.world.ended?.kind ?? 'runs';
  return [broken.invariant, end, ...errorsIn(broken.message), ...crashLines(ended, model)];
};

/** 16 hexadecimal digits. Cost: passes the journals of the run once for each crash. */
export const identityOf = (suite: string, run: PlayedRun): string =>
  hashText([suite, ...shapeOf(run)].join('\n'));
