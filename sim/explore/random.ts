/**
 * The random explorer: workload, schedule, power cuts and losses all drawn at once, for what enumeration can't reach:
 * long histories, interleavings of concurrent clients, many crashes. What is drawn is an eager list of choices, so it
 * shrinks as any other value does; what a run really did is written down as a tape.
 */
import * as fc from 'fast-check';
import type { MicroOperation } from '../disk/micro-operation.js';
import { sharesCell } from '../disk/micro-operation.js';
import type { DiskModel } from '../disk/models.js';
import type { Json, Suite } from '../suite.js';
import { type Crash, type CrashState, Frontier } from './crash-states.js';
import type { Driven } from './drive.js';
import type { Finding } from './exhaustive.js';
import { type LifeRecord, live } from './live.js';
import { digestOf, FIRST_LIFE, scheduled, type Tape } from './tape.js';

/** The choices of one random run, as they are drawn. */
export interface RandomInput {
  readonly workload: readonly Json[];
  readonly schedule: readonly number[];
  readonly cuts: readonly RandomCut[];
  /** Where the suite's faults strike; 0 where it has none. */
  readonly faultSeed: number;
}

interface RandomCut {
  /** Where in the life's journal, in 65,536ths. */
  readonly place: number;
  /** One bit for each volatile micro-operation (the 33rd shares the first one's): set, it is lost. */
  readonly lost: number;
  /** Which of the model's fills shows where data was lost, by its place among them. */
  readonly fill: number;
}

const PLACES = 65_536;
const BITS = 32;
const MAX_CUTS = 4;
const MAX_SCHEDULE = 200;
const MAX_FILL = 5;
const MAX_FAULT_SEED = 0xffff_ffff;

export const randomInputs = (suite: Suite): fc.Arbitrary<RandomInput> =>
  fc.record({
    workload: suite.commands,
    schedule: fc.array(fc.nat({ max: 5 }), { maxLength: MAX_SCHEDULE, size: 'max' }),
    cuts: fc.array(
      fc.record({
        place: fc.nat({ max: PLACES - 1 }),
        lost: fc.oneof(fc.constant(0), fc.constant(0xffffffff), fc.nat({ max: 0xffffffff })),
        fill: fc.nat({ max: MAX_FILL }),
      }),
      { minLength: 1, maxLength: MAX_CUTS, size: 'max' },
    ),
    // Not shrunk: another seed is another place, not a simpler one.
    faultSeed:
      (suite.faults ?? []).length === 0
        ? fc.constant(0)
        : fc.noShrink(fc.noBias(fc.nat({ max: MAX_FAULT_SEED }))),
  });

/** The losses a cut asks for, made legal: what is lost takes with it all that must not be there without it. */
const legalLosses = (volatile: readonly MicroOperation[], model: DiskModel, bits: number): number[] => {
  if (model.volatileSurvives === 'none') return volatile.map((_, index) => index);
  const lost: number[] = [];
  volatile.forEach((operation, index) => {
    const follows = lost.some((earlierIndex) => {
      const earlier = volatile[earlierIndex];
      return (
        earlier !== undefined && (sharesCell(earlier, operation) || model.mustPrecede(earlier, operation))
      );
    });
    if (follows || ((bits >>> (index % BITS)) & 1) === 1) lost.push(index);
  });
  return lost;
};

const crashOf = (life: LifeRecord, model: DiskModel, cut: RandomCut): CrashState => {
  const { entries } = life.world.journal;
  const at = Math.floor((cut.place / PLACES) * (entries.length + 1));
  const frontier = new Frontier(life.start.image, life.start.history, model);
  for (const entry of entries.slice(0, at)) frontier.pass(entry);
  const lost = legalLosses(frontier.volatile, model, cut.lost);
  const fill = model.fills[cut.fill % model.fills.length] ?? 'zero';
  const state = frontier.state(at, lost, fill) ?? frontier.state(at, lost, 'zero');
  if (state === undefined) throw new Error('Filling with zeros always gives an image.');
  return state;
};

export interface RandomRun {
  readonly findings: readonly Finding[];
  readonly lives: readonly LifeRecord[];
  readonly digest: string;
}

/** One random run: lives and power cuts in turn, until the cuts are used up or something is broken. */
export function* runRandom(
  suite: Suite,
  model: DiskModel,
  input: RandomInput,
  commandsAfterCrash: number,
): Driven<RandomRun> {
  const { workload, schedule, faultSeed } = input;
  const lives: LifeRecord[] = [];
  const crashes: Crash[] = [];
  let volatile = 0;
  let start = FIRST_LIFE;
  for (const cut of [...input.cuts, undefined]) {
    const life = yield* live(suite, start, {
      workload,
      scheduler: scheduled(schedule),
      commandsAfterCrash,
      model,
      faultSeed,
    });
    lives.push(life);
    if (cut === undefined || life.broken.length > 0) break;
    const state = crashOf(life, model, cut);
    crashes.push(state.crash);
    volatile += state.volatile;
    start = state;
  }
  const faults = (suite.faults ?? []).length === 0 ? {} : { faultSeed };
  const tape: Tape = { workload, schedule, crashes, commandsAfterCrash, ...faults };
  const findings = (lives.at(-1)?.broken ?? []).map((broken) => ({ broken, tape, volatile }));
  return { findings, lives, digest: digestOf(lives) };
}
