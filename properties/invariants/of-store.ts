/** All invariants of a program on the store, from one observer. */
import type { Invariant, Json, PerformContext } from '../../sim/suite/suite.js';
import { isRecord } from '../../sim/util/is-record.js';
import { inWords } from '../observation/json-diff.js';
import type { StoreObserver } from '../observation/observe-store.js';
import { atomicity } from './atomicity.js';
import { checkpointSafety } from './checkpoint-safety.js';
import { durability } from './durability.js';
import { isolation } from './isolation.js';
import { liveness } from './liveness.js';
import { monotonicity } from './monotonicity.js';
import { noLoss } from './no-loss.js';
import { positions } from './positions.js';
import { projectionEquality } from './projection-equality.js';
import { publishedIsDurable } from './published-is-durable.js';
import { rest } from './rest.js';
import { retry } from './retry.js';

/** What the observer does not know. */
export interface OfStoreOptions<System, Command> {
  /**
   * What `perform` of the suite is: it sends a command under an id that follows from its `index`. With it `retry` is among the
   * invariants: sent again, a command has the first answer, but for the `outcome` 'repeated', and the log does not grow. Commands whose `outcome` is 'nothing-to-do' are not sent again.
   */
  resend?(system: System, command: Command, context: PerformContext): unknown;
  /** A command in words, for a story of `retry`. Default: its JSON. */
  describe?(command: Command): string;
}

/** An answer as a history would hold it, and like the first one. */
const asFirst = (answer: unknown, first: unknown): Json => {
  if (answer === undefined) return null;
  const text = JSON.stringify(answer, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  const again = JSON.parse(text) as Json; // printed as JSON just now
  if (!isRecord(again) || again.outcome !== 'repeated' || !isRecord(first)) return again;
  return { ...again, outcome: first.outcome } as Json; // both are JSON
};

/**
 * The invariants that hold in every program on the store with feeders and read models: durability, atomicity, positions, monotonicity,
 * no loss, checkpoint safety, projection equality, liveness, isolation, published is durable, and rest. With `resend` also retry.
 */
export const ofStore = <System, Command = unknown>(
  { observe, settle, head }: StoreObserver<System>,
  { resend, describe = inWords }: OfStoreOptions<System, Command> = {},
): readonly Invariant<System, Command>[] => [
  ...[
    durability,
    atomicity,
    positions,
    monotonicity,
    noLoss,
    checkpointSafety,
    projectionEquality,
    liveness,
    isolation,
    publishedIsDurable,
  ].map((invariant) => invariant<System, Command>(observe)),
  rest<System, Command>(observe, { settle, head }),
  ...(resend === undefined
    ? []
    : [
        retry<System, Command>(observe, {
          resend: async (system, { index, command, attempts, outcome }) => {
            const first = outcome.status === 'acknowledged' ? outcome.result : undefined;
            // It left nothing by which to know it again: it may be decided otherwise by now.
            if (isRecord(first) && first.outcome === 'nothing-to-do') return first;
            return asFirst(await resend(system, command, { index, attempt: attempts + 1 }), first);
          },
          head,
          describe,
        }),
      ]),
];
