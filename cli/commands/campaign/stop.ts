/** `powercut campaign stop`: ends a campaign wherever it was started. Its findings are kept. */
import { setTimeout as delay } from 'node:timers/promises';
import { clearQueues } from '../../campaign/queue/connection.js';
import type { Context, ExitCode } from '../../context.js';
import { campaignNamed, type QueueOption, withPlace } from './place.js';

/** The process that runs it looks for the request each second. */
const NOTICED_MS = 3_000;

/** @throws UsageError as documented at `connect`; CAMPAIGN_NOT_FOUND */
export const stopCommand = (
  name: string | undefined,
  options: QueueOption,
  context: Context,
): Promise<ExitCode> =>
  withPlace(options, context, async (place) => {
    const campaign = await campaignNamed(name, place);
    const data = place.data(campaign);
    await data.requestStop();
    await delay(NOTICED_MS);
    const { connection } = place;
    if (connection !== undefined) {
      const { suites = [] } = (await data.record()) ?? {};
      await clearQueues(connection, campaign, suites.length);
    }
    await data.end(await data.outcome());
    context.stdout.write(
      `Campaign ${campaign} is stopped. See what it found: powercut campaign result ${campaign}\n`,
    );
    return 0;
  });
