/**
 * The check for state that outlives a life: lives of an exploration, which it lived one after the other in one process, are
 * lived once more, each as a restart would live it: alone, with modules that nothing has happened to yet.
 */
import { diskModel } from '../../disk/crash-model/disk-models.js';
import { installGuard } from '../../guard/guard.js';
import { placeOf } from '../../life/call-sites/call-site.js';
import { drive } from '../../life/drive.js';
import type { LifeRecord } from '../../life/life-record.js';
import { runLife } from '../../life/run-life.js';
import type { Step } from '../../life/step.js';
import { moduleVariables } from '../../modules/module-variables.js';
import { firstLife, lifeOptions } from '../../run/tape.js';
import { frozenJson } from '../../suite/assert-json.js';
import { frozenHistory } from '../../suite/history.js';
import { withOverrides } from '../../suite/limits.js';
import type { Suite } from '../../suite/suite.js';
import { SimulatorError } from '../../util/errors.js';
import type { ExplorationBounds } from '../options.js';
import type { SampledLife } from './life-sample.js';
import { type Comparison, compare, stepTold, type Witness, witnessOf } from './life-witness.js';

/** How the suite of a life comes about. */
export interface FreshSuites {
  /** As this process loads it, which has just started: for the first life only. Undefined where it has done something before. */
  readonly alone: (() => Promise<Suite>) | undefined;
  /** Evaluates the modules again. An error ends the check. */
  readonly evaluateAgain: () => Promise<Suite>;
  /** The files that `evaluateAgain` evaluated. */
  readonly files: () => readonly string[];
}

/** A life that went another way than in the exploration. */
export interface Difference {
  /** Which of the lives asked for. */
  readonly index: number;
  /** Where, in words that complete "the life …". */
  readonly told: string;
  /** Invariants that it broke in the exploration, and not here. */
  readonly refutes: readonly string[];
}

export interface Rechecked {
  /** How many of the lives were lived once more: the first ones. */
  readonly checked: number;
  /** Why it was not all of them. */
  readonly why?: string;
  readonly different: readonly Difference[];
  /** How many went alike but for names of files that they made. */
  readonly renamed: number;
  /** The first life was the first one of its process. */
  readonly isFirstAlone: boolean;
}

/** Files with module-level variables that are said to be where it may come from. */
const FILES_MAX = 4;
const NAMES_MAX = 4;

/** With the folder it is in. */
const shortened = (file: string): string => file.replace(/^.*\/(?=[^/]+\/[^/]+$)/, '');

const variablesIn = (files: readonly string[]): readonly string[] =>
  [...new Set(files)].flatMap((file) => {
    const names = moduleVariables(file);
    if (names.length === 0) return [];
    const shown = names.slice(0, NAMES_MAX).join(', ');
    return [
      `${file.replace(/^.*\/(?=[^/]+\/[^/]+$)/, '')} (${shown}${names.length > NAMES_MAX ? ', …' : ''})`,
    ];
  });

const placesOf = (step: Step | undefined): readonly string[] =>
  [step?.site, ...(step?.askedBy ?? [])].flatMap((site) => placeOf(site)?.file ?? []);

/** The module-level variables of the files that made the step, or else of all files outside of packages. */
const suspects = (step: Step | undefined, files: readonly string[]): string => {
  const near = variablesIn(placesOf(step));
  const all = near.length > 0 ? near : variablesIn(files.filter((file) => !file.includes('/node_modules/')));
  if (all.length === 0) return '';
  return ` Variables at module level are in ${all.slice(0, FILES_MAX).join(', ')}${all.length > FILES_MAX ? ' and elsewhere' : ''}.`;
};

const differenceTold = (
  comparison: Extract<Comparison, { readonly kind: 'different' }>,
  then: Witness,
  now: LifeRecord,
  files: readonly string[],
): string => {
  const { step } = comparison;
  if (step === undefined) {
    const last = now.world.steps.findLast(({ site }) => site !== undefined);
    return `makes the same calls, but its answers, effects or checks are not the same.${suspects(last, files)}`;
  }
  const taken = now.world.steps[step];
  const site = taken?.site === undefined ? '' : ` (${shortened(taken.site)})`;
  const { steps } = witnessOf(now);
  return (
    `differs first at step ${step + 1}: ${stepTold(steps[step])}${site}, where the exploration had ` +
    `${stepTold(then.steps[step])}.${suspects(taken, files)}`
  );
};

const afterCuts = (cuts: number, { prepare }: Suite): string =>
  cuts === 0
    ? `that starts on ${prepare === undefined ? 'an empty' : 'the prepared'} disk`
    : `after ${cuts} power cut${cuts === 1 ? '' : 's'}`;

/** A life comes here from another process, which leaves what was frozen behind: a check may try to change the history. */
const sealedLife = ({ start, how }: SampledLife): Pick<SampledLife, 'start' | 'how'> => ({
  start: { ...start, history: frozenHistory(start.history) },
  how: { ...how, workload: how.workload.map(frozenJson) },
});

const liveAgain = (
  suite: Suite,
  options: ExplorationBounds,
  life: SampledLife,
  sites = false,
): Promise<LifeRecord> => {
  const { start, how } = sealedLife(life);
  const model = diskModel(options.disk ?? suite.disk ?? 'posix', suite.sectorBytes);
  const lived = lifeOptions(how.workload, how, start.history.crashes, model);
  return drive(runLife(withOverrides(suite, options), start, { ...lived, sites }), installGuard());
};

/**
 * The same life with its call sites, which cost more than the rest of it. So only for lives that are reported.
 * @returns the life without sites, if evaluating the modules again makes it go another way
 */
const withSites = async (
  suites: FreshSuites,
  options: ExplorationBounds,
  sampled: SampledLife,
  life: LifeRecord,
): Promise<LifeRecord> => {
  try {
    const located = await liveAgain(await suites.evaluateAgain(), options, sampled, true);
    const isSame = compare(witnessOf(life), witnessOf(located), sampled.start.image).kind === 'same';
    return isSame ? located : life;
  } catch {
    return life; // the difference stands, and its place is not known
  }
};

/**
 * Whether `prepare`, as modules that were just evaluated run it, leaves another disk than in the exploration. Checked after the
 * life: what comes before it leaves state in its modules.
 */
const preparesAnother = async (
  suites: FreshSuites,
  options: ExplorationBounds,
  { start }: SampledLife,
): Promise<boolean> => {
  let suite: Suite;
  try {
    suite = await suites.evaluateAgain();
  } catch {
    return false; // such modules can't be compared
  }
  if (suite.prepare === undefined) return false;
  const first = await drive(firstLife(withOverrides(suite, options)), installGuard());
  return first.key !== start.key;
};

/** Lives each of `lives` once more. Rejects with what the suite throws when it is loaded for the first of them. */
export const recheck = async (
  suites: FreshSuites,
  options: ExplorationBounds,
  lives: readonly SampledLife[],
): Promise<Rechecked> => {
  const different: Difference[] = [];
  const { alone = suites.evaluateAgain } = suites;
  const isFirstAlone = suites.alone !== undefined;
  installGuard().begin();
  let renamed = 0;
  for (const [index, sampled] of lives.entries()) {
    let suite: Suite;
    try {
      suite = await (index === 0 ? alone() : suites.evaluateAgain());
    } catch (thrown) {
      if (index === 0) throw thrown;
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      return { checked: index, why, different, renamed, isFirstAlone };
    }
    const { witness, start } = sampled;
    const cuts = afterCuts(start.history.crashes, suite);
    let life: LifeRecord;
    try {
      life = await liveAgain(suite, options, sampled);
    } catch (thrown) {
      if (!(thrown instanceof SimulatorError && thrown.code === 'SUITE_BOOT_FAILED')) throw thrown;
      different.push({ index, told: `${cuts} does not start: ${thrown.message}`, refutes: witness.broken });
      continue;
    }
    const now = witnessOf(life);
    const comparison = compare(witness, now, start.image);
    if (comparison.kind === 'renamed') renamed += 1;
    const isFirst = start.history.crashes === 0 && suite.prepare !== undefined;
    if (isFirst && comparison.kind !== 'different' && (await preparesAnother(suites, options, sampled))) {
      const told = `${cuts} starts on another disk: \`prepare\` writes something else each time.`;
      different.push({ index, told, refutes: witness.broken });
    }
    if (comparison.kind === 'different') {
      const located = await withSites(suites, options, sampled, life);
      const told = `${cuts} ${differenceTold(comparison, witness, located, suites.files())}`;
      different.push({ index, told, refutes: witness.broken.filter((name) => !now.broken.includes(name)) });
    }
  }
  return { checked: lives.length, different, renamed, isFirstAlone };
};
