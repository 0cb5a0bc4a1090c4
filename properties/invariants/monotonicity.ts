/** 9. A checkpoint never goes back except by an explicit reset; a stale feeder's write is refused and stops it. */

import { firstWrongAlong, foldedAlong } from '../observation/incremental-fold.js';
import type { CheckpointView, CheckpointWrite } from '../observation/observation.js';
import { remembered } from '../observation/observed-memory.js';
import { firstWrong, fromRule } from './rule.js';

const firstBack = firstWrongAlong<CheckpointWrite>(
  ({ position, reset }, before) => before !== undefined && !reset && position < before.position,
);

const steppedBack = ({ feeder, writes }: CheckpointView): string | undefined => {
  const back = firstBack(writes);
  return (
    back &&
    `the checkpoint of ${feeder} went back from ${back.before?.position} to ${back.wrong.position} with no reset`
  );
};

/** Enough to tell writers apart. */
const WRITER_CHARACTERS = 8;

interface Writers {
  readonly replaced: ReadonlySet<string>;
  readonly current: string | undefined;
  readonly stale: { readonly writer: string; readonly position: number } | undefined;
}

const writersAlong = foldedAlong<CheckpointWrite, Writers>(
  { replaced: new Set(), current: undefined, stale: undefined },
  (writers, { writer, position }) => {
    const { replaced, current, stale } = writers;
    if (stale !== undefined || writer === undefined || writer === current) return writers;
    if (replaced.has(writer)) return { ...writers, stale: { writer, position } };
    return {
      ...writers,
      replaced: current === undefined ? replaced : new Set(replaced).add(current),
      current: writer,
    };
  },
);

/** A writer that wrote, was replaced, and wrote again: it should have stopped. */
const staleWriter = ({ feeder, writes }: CheckpointView): string | undefined => {
  const { stale } = writersAlong(writes);
  return (
    stale &&
    `a stale feeder of ${feeder} (writer ${stale.writer.slice(0, WRITER_CHARACTERS)}) wrote checkpoint ${stale.position} after another had taken over`
  );
};

/** Checks the order of checkpoint writes, and that a stale feeder writes none. */
export const monotonicity = fromRule({
  name: 'monotonicity',
  statement:
    "A checkpoint never goes back except by an explicit reset; a stale feeder's write is refused and stops it.",
  broken: ({ checkpoints }, history) => {
    const inLog = firstWrong(checkpoints, (view) => steppedBack(view) ?? staleWriter(view));
    if (inLog !== undefined) return inLog;
    return firstWrong(remembered(history.observed).checkpoints, ([feeder, seen]) => {
      const last = checkpoints.find((view) => view.feeder === feeder)?.writes.at(-1);
      const now = last?.position ?? 0;
      return now >= seen || last?.reset === true
        ? undefined
        : `an earlier life showed checkpoint ${seen} of ${feeder}; now it is ${now}`;
    });
  },
});
