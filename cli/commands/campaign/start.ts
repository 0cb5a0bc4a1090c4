/** `powercut campaign start`: explores suites unit by unit, here or on the machines of a queue, and goes on where it was stopped. */
import { availableParallelism } from 'node:os';
import { harmlessLine } from '../../../reports/format.js';
import { isCampaignName } from '../../campaign/byte-store.js';
import type { CampaignData } from '../../campaign/campaign-data.js';
import type { Connection } from '../../campaign/queue/connection.js';
import { UnitQueue } from '../../campaign/queue/unit-queue.js';
import { exploreAsCampaign, exploringHere, type OpenPlace } from '../../campaign/run-units.js';
import type { Context, ExitCode } from '../../context.js';
import { UsageError } from '../../usage-error.js';
import { type RunOptions, runCommand } from '../run.js';
import { type QueueOption, withPlace } from './place.js';

export interface StartOptions extends RunOptions, QueueOption {
  readonly name?: string;
  readonly inFlight: number;
  readonly maxStalls: number;
}

const openUnits =
  (connection: Connection, stallsMax: number, onTrouble: (line: string) => void) =>
  (data: CampaignData, suites: number): OpenPlace => {
    const queue = new UnitQueue(connection, data, { suites, stallsMax, onTrouble });
    return {
      // The slices of a part are explored elsewhere; putting them together is done here.
      explore: (unit, here, limitMs) =>
        'inSlices' in unit ? exploringHere(data)(unit, here, limitMs) : queue.explore(unit),
      clear: () => queue.clear(),
      close: () => queue.close(),
    };
  };

/** @throws UsageError as documented at `runCommand` and `connect`; CAMPAIGN_DIFFERS */
export const startCommand = async (
  names: readonly string[],
  { queue, name, inFlight, maxStalls, shard, ...options }: StartOptions,
  context: Context,
): Promise<ExitCode> => {
  const { directory, stderr } = context;
  if (name !== undefined && !isCampaignName(name))
    throw new UsageError(
      'USAGE',
      'A campaign is named with letters, digits, dots, dashes and underscores, 64 at most.',
    );
  if (queue !== undefined && shard !== undefined)
    throw new UsageError(
      'USAGE',
      '--shard is for machines that share nothing. On a queue, each worker takes what is next: leave --shard out.',
    );
  const say = (line: string): void => void stderr.write(`${harmlessLine(line)}\n`);
  return withPlace(queue === undefined ? {} : { queue }, context, async ({ connection, data }) => {
    const workers = options.workers ?? availableParallelism();
    const place =
      connection === undefined
        ? { data }
        : { data, open: openUnits(connection, maxStalls, (line) => say(`powercut: ${line}`)) };
    const explore = exploreAsCampaign(context.explore, place, {
      directory,
      workers,
      inFlight: connection === undefined ? workers : inFlight,
      say,
      ...(name === undefined ? {} : { name }),
      ...(shard === undefined ? {} : { shard }),
    });
    return runCommand(names, options, { ...context, explore });
  });
};
