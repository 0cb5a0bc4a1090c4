/**
 * The nondeterminism check: plays a tape twice and names the first step that differs. A run is a pure function of its tape;
 * where it is not, the program got at something that the simulation does not serve, and nothing found can be trusted.
 */
import type { DiskModel } from '../disk/crash-model/disk-models.js';
import type { Driven } from '../life/drive.js';
import type { LifeRecord } from '../life/life-record.js';
import { describeStep, type Step } from '../life/step.js';
import { playTape, type Tape, type TapeRun } from '../run/tape.js';
import { Sites } from '../story/describe-sites.js';
import type { Suite } from '../suite/suite.js';
import { clockText } from '../util/clock-text.js';
import { codedError } from '../util/errors.js';

interface Difference {
  /** Numbered from 1. */
  readonly life: number;
  /** Numbered from 1 within its life. */
  readonly step: number;
  /** What the step was each time; undefined where the life had ended before. */
}

const SAME = [
  'operation',
  'path',
  'offset',
  'length',
  'result',
  'timeMs',
  'fault',
] as const satisfies (keyof Step)[];

const isSame = (one: Step | undefined, other: Step | undefined): boolean =>
  one === other ||
  (one !== undefined && other !== undefined && SAME.every((part) => one[part] === other[part]));

/** The first step in which two runs differ; undefined where none does. */
const firstDifference = (
  one: readonly LifeRecord[],
  other: readonly LifeRecord[],
): Difference | undefined => {
  for (let life = 0; life < Math.max(one.length, other.length); life++) {
    const [left, right] = [one[life]?.world.steps ?? [], other[life]?.world.steps ?? []];
    for (let step = 0; step < Math.max(left.length, right.length); step++) {
      if (!isSame(left[step], right[step])) return { life: life + 1, step: step + 1 };
    }
  }
  return undefined;
};

/** What a run did at the place of a difference. */
const told = (lives: readonly LifeRecord[], { life, step }: Difference, sites: Sites): string => {
  const world = lives[life - 1]?.world;
  const done = world?.steps[step - 1];
  if (world === undefined || done === undefined) return 'nothing more happened';
  return `'${describeStep(done, [])}' at ${clockText(world.clockMsAt(step - 1))}${sites.of(done)}`;
};

const LIKELY =
  'Likely causes: state that outlives a life (a module-level variable, a cache), an order that depends on object ' +
  'identity or on time, or a value taken before the simulation was installed';

/** How two plays of one tape differ: what "the same run" did; undefined where they do not. */
const differenceTold = (one: TapeRun, other: TapeRun): string | undefined => {
  const difference = firstDifference(one.lives, other.lives);
  if (difference !== undefined) {
    const { life, step } = difference;
    const sites = new Sites([...one.lives, ...other.lives].flatMap(({ world }) => world.steps));
    return `differs first at step ${step} of life ${life}: ${told(one.lives, difference, sites)}, then ${told(other.lives, difference, sites)}`;
  }
  return one.digest === other.digest
    ? undefined
    : 'made the same steps, but its writes, its answers to clients or its invariants differ';
};

/**
 * Plays a tape twice.
 * @throws SimulatorError 'SUITE_NONDETERMINISTIC', naming the first step that differs
 */
export function* checkDeterminism(suite: Suite, model: DiskModel, tape: Tape): Driven<void> {
  const one = yield* playTape(suite, model, tape, { sites: true });
  const other = yield* playTape(suite, model, tape, { sites: true });
  const difference = differenceTold(one, other);
  if (difference === undefined) return;
  throw codedError(
    'SUITE_NONDETERMINISTIC',
    `Suite '${suite.name}' is not deterministic. Played twice, the same run ${difference}. ${LIKELY}.`,
  );
}

/**
 * Replays a failing tape, which was played before with its call sites. Returns the caveat of the failure if the replay differs.
 * Many packages count their temporary files at module level, which is harmless and no reason to withhold the failure. But the
 * cause may also be a state that outlived a life, and no power cut.
 */
export function* caveatOf(
  suite: Suite,
  model: DiskModel,
  tape: Tape,
  played: TapeRun,
): Driven<string | undefined> {
  const again = yield* playTape(suite, model, tape, { sites: true });
  const difference = differenceTold(played, again);
  return difference === undefined
    ? undefined
    : `BEWARE: played twice, this run ${difference}. Something outlives a life (a module-level variable, a cache), as nothing ` +
        'outlives a crash, and may be what breaks the program. Load the program with freshProgram, or the package that keeps it with ' +
        'freshRequire, of powercut/node-fs.';
}
