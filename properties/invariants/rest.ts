/**
 * 11. With no new domain events, checkpoint writes reach a fixed point, with any number of feeders.
 *
 * Acts on the system: lets it settle once more, and expects that nothing is written.
 */
import type { Invariant } from '../../sim/suite/suite.js';
import { firstWrongAlong } from '../observation/incremental-fold.js';
import type { CheckpointView, CheckpointWrite, Observe } from '../observation/observation.js';
import { anythingAcknowledged, firstWrong } from './rule.js';

/** A checkpoint that says what the last one said feeds on itself, or on another feeder's. */
const idleWrite = ({ feeder, writes }: CheckpointView): string | undefined => {
  const idle = firstIdle(writes);
  return (
    idle &&
    `the feeder ${feeder} wrote checkpoint ${idle.wrong.position} twice in a row, with nothing handled in between`
  );
};

const firstIdle = firstWrongAlong<CheckpointWrite>(
  (write, before) => before?.position === write.position && before.writer === write.writer && !write.reset,
);

/** How the system is brought to the point where nothing is left to do. */
export interface Settle<System> {
  /** Resolves when nothing is left to do. */
  readonly settle: (system: System) => Promise<unknown>;
  /** The last position of the log right now. */
  readonly head: (system: System) => number;
}

/** Settles the system twice and expects the second time to write nothing. Acts on the system. */
export const rest = <System, Command>(
  observe: Observe<System, Command>,
  { settle, head }: Settle<System>,
): Invariant<System, Command> => ({
  name: 'rest',
  statement: 'With no new domain events, checkpoint writes reach a fixed point, with any number of feeders.',
  atStake: anythingAcknowledged,
  check: async (history, system) => {
    const idle = firstWrong((await observe(system, history)).checkpoints, idleWrite);
    if (idle !== undefined) return idle;
    const before = head(system);
    await settle(system);
    const grown = head(system) - before;
    return grown === 0
      ? undefined
      : `a quiescent system wrote ${grown} ${grown === 1 ? 'event' : 'events'} to its own log`;
  },
});
