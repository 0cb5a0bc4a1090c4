/**
 * The suite of all six designs: the same customers, the same power cuts, the same invariants. So its violations are
 * those of the design.
 */
import type * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { Invariant, Reachable, Suite } from '../../sim/suite/suite.js';
import type { BankDesign } from '../../src/designs/bank/bank-system.js';
import type { Letter } from '../../src/designs/bank/letters.js';
import {
  type BankCommand,
  bankCommands,
  customerCommands,
  describeBankCommand,
} from '../arbitraries/bank-commands.js';
import { decisions } from '../bank/decisions.js';
import {
  type BankAnswer,
  type BankLife,
  type BankLifeOptions,
  bootBank,
  costsOfBank,
  headOfBank,
  settleBank,
} from '../bank/life.js';
import { observeBank, rememberBank } from '../bank/observe.js';
import { resendCommand, sendCommand, tryAgain } from '../bank/user.js';
import { describeBankResult, describeLetter } from '../bank/words.js';
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
import { acknowledgedAndCrashed, deliveredAndCrashed, retriedAfterCrash } from '../observation/must-reach.js';
import { observeOnce } from '../observation/observation.js';

/**
 * Those of the nineteen invariants that the bank can be seen to break, and one of its own. The others need a
 * failing handler, a damaged checkpoint, a wait or a stop, and have scenarios of their own.
 */
const bankInvariants = (clients: number): readonly Invariant<BankLife, BankCommand, BankAnswer, Letter>[] => {
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
    // If customers do not wait for each other, the order of their commands is unknown.
    ...(clients === 1 ? [decisions] : []),
    rest(observe, { settle: settleBank, head: headOfBank }),
    retry(observe, {
      resend: resendCommand,
      head: headOfBank,
      describe: describeBankCommand,
      describeResult: describeBankResult,
    }),
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
  /** Default: the usual ones; of several clients without restarts, as one of them can't restart what the others use. */
  readonly commands?: fc.Arbitrary<readonly BankCommand[]>;
  /** Customers who do not wait for each other. Default: 1. */
  readonly clients?: number;
  /** Whether a letter can't be posted, for ever. Default: none. */
  readonly isLost?: BankLifeOptions['isLost'];
}

/** Without an account there is nothing that a design could lose. */
const accountOpened: Reachable<BankCommand> = {
  name: 'an `open` is acknowledged',
  reached: ({ commands }) =>
    commands.some(({ command, outcome }) => command.type === 'open' && outcome.status === 'acknowledged'),
};

/** One design of the bank under the usual customers. */
export const bankSuite = (options: BankSuiteOptions): Suite => {
  const { name, design, expected = 'safe', clients = 1, marks = [] } = options;
  const { commands = clients === 1 ? bankCommands : customerCommands } = options;
  return defineSuite({
    name,
    expected,
    boot: bootBank(design, options),
    commands,
    clients,
    perform: sendCommand,
    settle: settleBank,
    shutdown: ({ bank }) => bank.stop(),
    invariants: bankInvariants(clients),
    observe: rememberBank,
    costs: costsOfBank,
    marks: ['store:torn-tail-cut', ...marks],
    mustReach: [
      accountOpened,
      clients === 1 ? retriedAfterCrash : acknowledgedAndCrashed,
      deliveredAndCrashed,
    ],
    describe: describeBankCommand,
    describeResult: describeBankResult,
    describeEffect: describeLetter,
  });
};
