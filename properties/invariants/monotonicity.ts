/** 9. A checkpoint never goes back except by an explicit reset; a stale feeder's write is refused and stops it. */

import { remembered } from '../memory.js';
import type { CheckpointView } from '../observation.js';
import { firstWrong, fromRule } from './rule.js';

const steppedBack = ({ feeder, writes }: CheckpointView): string | undefined =>
  firstWrong(writes.slice(1).entries(), ([index, { position, reset }]) => {
    const previous = writes[index];
    return previous === undefined || reset || position >= previous.position
      ? undefined
      : `the checkpoint of ${feeder} went back from ${previous.position} to ${position} with no reset`;
  });

/** Enough to tell writers apart. */
const WRITER_CHARACTERS = 8;

/** A writer that wrote, was replaced, and wrote again: it should have stopped. */
const staleWriter = ({ feeder, writes }: CheckpointView): string | undefined => {
  const replaced = new Set<string>();
  let current: string | undefined;
  return firstWrong(writes, ({ writer, position }) => {
    if (writer === undefined || writer === current) return undefined;
    if (replaced.has(writer)) {
      return `a stale feeder of ${feeder} (writer ${writer.slice(0, WRITER_CHARACTERS)}) wrote checkpoint ${position} after another had taken over`;
    }
    if (current !== undefined) replaced.add(current);
    current = writer;
    return undefined;
  });
};

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
