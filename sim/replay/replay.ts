/** Replay: plays the run that a token carries once more, and shows it step by step. */
import { checkedSuite } from '../define-suite/define-suite.js';
import { type DiskModel, diskModel } from '../disk/crash-model/disk-models.js';
import type { Crash } from '../disk/crash-model/durability.js';
import type { MicroOperation } from '../disk/crash-model/micro-operation.js';
import { installGuard } from '../guard/guard.js';
import { localeOf } from '../guard/patches/locale.js';
import { placeOf } from '../life/call-sites/call-site.js';
import { Origins } from '../life/call-sites/origins.js';
import { drive } from '../life/drive.js';
import type { LifeRecord } from '../life/life-record.js';
import { describeStep, type Step } from '../life/step.js';
import {
  type CellChange,
  type PowerCut,
  RESULT_SCHEMA_VERSION,
  type ReplayResult,
  type TraceEntry,
} from '../result/result.js';
import { playTape, type Tape, type TapeRun } from '../run/tape.js';
import { Conversation, eventOf } from '../story/conversation.js';
import { describeOperations, filesOf } from '../story/describe-disk.js';
import { Sites } from '../story/describe-sites.js';
import { DiskCells } from '../story/disk-cells.js';
import { renderStory, statesOf } from '../story/story.js';
import { withOverrides } from '../suite/limits.js';
import type { Suite } from '../suite/suite.js';
import { derivedSuite } from '../suite/suite-registry.js';
import { codedError, SimulatorError } from '../util/errors.js';
import { fingerprintOf, firstDifferentStep, stepsUntil } from './step-fingerprint.js';
import { decodeToken, type TokenContent } from './token.js';

/** How much of a run a replay shows. */
export interface ReplayOptions {
  /** Show steps up to and including this one, counted over all lives. */
  readonly until?: number;
}

const CLIENT = new Set(['send', 'acknowledge', 'reject', 'observe']);

const actorOf = ({ operation }: Step): string => {
  if (CLIENT.has(operation)) return 'client';
  return operation === 'outside' ? 'outside' : 'program';
};

const siteOf = (step: Step): TraceEntry['site'] => {
  const place = placeOf(step.site);
  return place === undefined ? undefined : { ...place, operation: step.operation };
};

const entryOf = (
  step: Step,
  life: number,
  index: number,
  cells: readonly CellChange[],
  label: string,
): TraceEntry => {
  const site = siteOf(step);
  const actor = actorOf(step);
  return {
    life,
    step: index + 1,
    timeMs: step.timeMs,
    actor,
    operation: step.operation,
    ...(actor === 'program' ? { path: step.path } : {}),
    label,
    result: step.result,
    ...(site === undefined ? {} : { site }),
    ...(step.through.length === 0 ? {} : { through: step.through }),
    ...(cells.length === 0 ? {} : { cells }),
  };
};

interface Told {
  readonly trace: readonly TraceEntry[];
  readonly crash: PowerCut | undefined;
}

/** One life up to the crash that ends it, with the disk followed cell by cell. */
const tellLife = (
  life: LifeRecord,
  number: number,
  model: DiskModel,
  crash: Crash | undefined,
  next: LifeRecord | undefined,
  conversation: Conversation,
): Told => {
  const { entries } = life.world.journal;
  const end = crash?.at ?? entries.length;
  const cells = new DiskCells(life.start, model);
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
    trace.push(entryOf(step, number, index, changes, said ?? describeStep(step, entries)));
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
      found: next === undefined ? [] : filesOf(next.start.image),
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

const isImpossible = (error: unknown): boolean =>
  error instanceof SimulatorError && error.code === 'CRASH_IMPOSSIBLE';

/** Up to the last crash that is still possible: in the life that it begins something is not as it was. */
const playAsFarAsPossible = async (suite: Suite, model: DiskModel, tape: Tape): Promise<TapeRun> => {
  for (let crashes = tape.crashes.length - 1; ; crashes--) {
    try {
      const shorter = { ...tape, crashes: tape.crashes.slice(0, crashes) };
      return await drive(playTape(suite, model, shorter, { sites: true }), installGuard());
    } catch (error) {
      if (crashes <= 0 || !isImpossible(error)) throw error;
    }
  }
};

/** The step that goes another way than when the token was made, counted from 1; undefined where none is known to. */
const differenceAt = ({ steps, tape }: TokenContent, lives: readonly LifeRecord[]): number | undefined =>
  steps === undefined ? undefined : firstDifferentStep(steps, fingerprintOf(lives, tape.crashes));

/** The same in a sentence; '' where none is known to. */
const differenceTold = (content: TokenContent, { lives }: TapeRun): string => {
  const { crashes } = content.tape;
  const at = differenceAt(content, lives);
  if (at === undefined) return '';
  const taken = lives.flatMap((life, number) =>
    stepsUntil(life, crashes[number]).map((step) => ({ step, entries: life.world.journal.entries })),
  );
  const now = taken[at - 1];
  if (now === undefined) return `First divergence at step ${at}: the run now ends before it.`;
  const site = now.step.site === undefined ? '' : ` (${now.step.site})`;
  return `First divergence at step ${at}, which is now: ${describeStep(now.step, now.entries)}${site}.`;
};

/** What a token's run is impossible for: the program it was made with is not the one at hand. */
const changedTooMuch = async (
  suite: Suite,
  model: DiskModel,
  content: TokenContent,
  error: Error,
): Promise<SimulatorError> => {
  const sentences = [
    "The program or its suite has changed since the token was made, so its run can't be replayed any more.",
    differenceTold(content, await playAsFarAsPossible(suite, model, content.tape)),
    error.message,
  ];
  return codedError('CRASH_IMPOSSIBLE', sentences.filter((told) => told !== '').join(' '), error);
};

/**
 * Plays a token's run on the suite it names.
 * @throws SimulatorError 'TOKEN_MALFORMED', 'TOKEN_VERSION', 'TOKEN_SUITE_UNKNOWN' (no suite of that name is among
 *   `suites`), 'CRASH_IMPOSSIBLE' (the program has changed so much that the run can't be played)
 */
export const replay = async (
  token: string,
  suites: readonly Suite[],
  options: ReplayOptions = {},
): Promise<ReplayResult> => {
  const content = decodeToken(token);
  const named = suites.find(({ name }) => name === content.suite);
  if (named === undefined) {
    throw codedError(
      'TOKEN_SUITE_UNKNOWN',
      `The token is of suite '${content.suite}', which is not among those given. Name the file that defines it after the token.`,
    );
  }
  const then = derivedSuite(checkedSuite(named), { locale: localeOf(content.locale) });
  const suite = withOverrides(then, content.overrides ?? {});
  const model = diskModel(content.disk, suite.sectorBytes);
  const { crashes } = content.tape;
  const origins = new Origins();
  const played = await origins
    .following(() =>
      drive(playTape(suite, model, content.tape, { sites: true, prints: true, origins }), installGuard()),
    )
    .catch(async (error: unknown) => {
      throw error instanceof SimulatorError && isImpossible(error)
        ? await changedTooMuch(suite, model, content, error)
        : error;
    });
  const { lives } = played;
  const same = played.digest === content.digest;
  const differsAt = same ? undefined : differenceAt(content, lives);
  const conversation = new Conversation(suite, new Sites(lives.flatMap(({ world }) => world.steps)));
  const told = lives.map((life, index) =>
    tellLife(life, index + 1, model, crashes[index], lives[index + 1], conversation),
  );
  return {
    schemaVersion: RESULT_SCHEMA_VERSION,
    suite: suite.name,
    token: token.trim(),
    digest: played.digest,
    same,
    ...(differsAt === undefined ? {} : { differsAt }),
    story: renderStory(suite, model, content.tape, played.lives),
    violated: (played.lives.at(-1)?.broken ?? []).map((broken) => ({
      invariant: broken.invariant,
      message: broken.message,
      ...statesOf(broken),
    })),
    ...cutAfter(options.until, told),
  };
};
