/**
 * State that outlives a life: what is said of an exploration once a sample of its lives was lived again, each alone. Where
 * one of them goes another way, the exploration rests on state that a restart would have lost, and proves nothing.
 */
import type { Note, UndecidedReason } from '../../result/result.js';
import { EMPTY_TALLY, type Tally } from '../counting/tally.js';
import { addSamples, livesOf, NO_SAMPLE, type SampledLife } from '../recheck/life-sample.js';
import type { Difference, Rechecked } from '../recheck/recheck.js';

/** Lives them again, the first of them in a process that has just started. Rejects where that can't be done. */
export type AskNewProcess = (lives: readonly SampledLife[]) => Promise<Rechecked>;

/** Differences that are looked at again, each alone in a process of its own, until one is there again. */
const CONFIRMED_MAX = 3;

const REMEDY =
  'Load the program with freshProgram, or a package with freshRequire (powercut/node-fs): each life then has modules of its own.';

const outlived = ({ told }: Difference, refuted: readonly string[]): UndecidedReason => ({
  code: 'STATE_OUTLIVED',
  message:
    'State at module level outlived a life, and no restart would have found it. Lived alone in a new process, the life ' +
    `${told}${refuted.length === 0 ? '' : ` Alone, it does not break ${refuted.map((name) => `'${name}'`).join(', ')}.`} ${REMEDY}`,
});

const namesOutlived = (renamed: number, checked: number): Note => ({
  code: 'NAMES_OUTLIVED',
  message:
    `In ${renamed} of ${checked} lives that were lived again, each alone in a new process, new files had other names: a counter ` +
    `at module level goes on counting from life to life. Nothing else was different. ${REMEDY}`,
});

/** Why module state is not known to be harmless. */
const notChecked = (why: string): Tally => ({
  ...EMPTY_TALLY,
  notes: [
    {
      code: 'MODULE_STATE_NOT_CHECKED',
      message: `Whether state at module level outlives a life was not checked: ${why}`,
    },
  ],
});

/** The differences that are there again where the life is the first one of its process, too. */
const confirmed = async (
  lives: readonly SampledLife[],
  { different, isFirstAlone }: Rechecked,
  ask: AskNewProcess,
): Promise<readonly Difference[]> => {
  const found: Difference[] = [];
  // What would clear the program is looked at before what would only cast doubt.
  const ordered = [...different].sort((a, b) => b.refutes.length - a.refutes.length);
  for (const difference of ordered.slice(0, CONFIRMED_MAX)) {
    const life = lives[difference.index];
    if (difference.index === 0 && isFirstAlone) found.push(difference);
    else if (life !== undefined) found.push(...(await ask([life])).different);
  }
  return found;
};

/**
 * Runs a sample of an exploration's lives again. Returns tallies to put before those of the exploration.
 * @param confirm Decides about a life that seems to differ. Default: `ask`, which may otherwise use one process for several suites.
 */
export const outlivingOf = async (
  tallies: readonly Tally[],
  ask: AskNewProcess,
  confirm: AskNewProcess = ask,
): Promise<readonly Tally[]> => {
  const lives = livesOf(tallies.map(({ sample }) => sample).reduce(addSamples, NO_SAMPLE));
  if (lives.length === 0) return [];
  let rechecked: Rechecked;
  let differences: readonly Difference[];
  try {
    rechecked = await ask(lives);
    differences = await confirmed(lives, rechecked, confirm);
  } catch (thrown) {
    return [notChecked(`${thrown instanceof Error ? thrown.message : String(thrown)}.`)];
  }
  const { checked, renamed, why } = rechecked;
  const refuted = [...new Set(differences.flatMap(({ refutes }) => refutes))];
  const [first] = differences;
  const notes = [
    ...(renamed === 0 ? [] : [namesOutlived(renamed, checked)]),
    ...(why === undefined
      ? []
      : notChecked(`only in the first ${checked} of ${lives.length} lives that were drawn. ${why}`).notes),
  ];
  const doubts = first === undefined ? [] : [outlived(first, refuted)];
  return [{ ...EMPTY_TALLY, notes, refuted, doubts }];
};
