/**
 * The suite that all six designs go through: the same customers, the same power cuts, the same invariants.
 * What it finds is the design's doing.
 */
import type { Invariant, Suite, SuiteDefinition } from '../../sim/suite.js';
import type { BankDesign } from '../../src/designs/bank-system.js';
import { type BankCommand, bankCommands, describeBankCommand } from '../arbitraries/bank-commands.js';
import { decisions } from '../bank/decisions.js';
import { type BankLife, bootBank, costsOfBank, headOfBank, settleBank } from '../bank/life.js';
import { observeBank, rememberBank } from '../bank/observe.js';
import { resendCommand, sendCommand, tryAgain } from '../bank/user.js';
import {
  atomicity,
  boundedReplay,
  checkpointSafety,
  concurrency,
  durability,
  liveness,
  monotonicity,
  noLoss,
  order,
  positions,
  projectionEquality,
  publishedIsDurable,
  rest,
  retry,
  stoppedIsStopped,
  usable,
} from '../invariants/index.js';
import { observeOnce } from '../observation.js';

/**
 * Those of the nineteen invariants that the bank can be seen to break, and one of its own. The others need a
 * failing handler, a damaged checkpoint, a wait or a stop, and have scenarios of their own.
 */
const bankInvariants = (): readonly Invariant<BankLife, BankCommand>[] => {
  const observe = observeOnce(observeBank);
  const looking = [
    projectionEquality,
    noLoss,
    durability,
    atomicity,
    positions,
    concurrency,
    order,
    checkpointSafety,
    monotonicity,
    liveness,
    boundedReplay,
    publishedIsDurable,
    stoppedIsStopped,
  ];
  return [
    ...looking.map((invariant) => invariant<BankLife, BankCommand>(observe)),
    decisions,
    rest(observe, { settle: settleBank, head: headOfBank }),
    retry(observe, { resend: resendCommand, head: headOfBank }),
    // Last: it sends new commands.
    usable(tryAgain),
  ];
};

export interface BankSuiteOptions {
  readonly name: string;
  readonly design: BankDesign;
  /** Default: 'safe'. */
  readonly expected?: 'safe' | 'unsafe';
  /** The most events that a restart may hand a durable read model again. Absent: the design promises no bound. */
  readonly replayLimit?: number;
  /** Rare branches that the design's code marks. */
  readonly marks?: readonly string[];
}

/** One design of the bank under the usual customers, one after the other. */
export const bankSuite = ({ design, replayLimit, marks = [], ...rest }: BankSuiteOptions): Suite => {
  const suite: SuiteDefinition<BankLife, BankCommand> = {
    ...rest,
    boot: bootBank(design, { replayLimit }),
    commands: bankCommands,
    perform: sendCommand,
    settle: settleBank,
    shutdown: ({ bank }) => bank.stop(),
    invariants: bankInvariants(),
    observe: rememberBank,
    costs: costsOfBank,
    marks: ['store:torn-tail-cut', ...marks],
    describe: describeBankCommand,
  };
  return suite as unknown as Suite; // the explorers hand a suite nothing but its own systems and commands
};
