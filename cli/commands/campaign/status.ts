/** `powercut campaign status`: how far campaigns are, and which workers there are. */
import { formatCount, harmlessLine } from '../../../reports/format.js';
import type { CampaignProgress } from '../../campaign/campaign-data.js';
import { type Connection, withQueues } from '../../campaign/queue/connection.js';
import { type Presence, presentWorkers } from '../../campaign/queue/presence.js';
import type { Context, ExitCode } from '../../context.js';
import { campaignNamed, type Place, type QueueOption, withPlace } from './place.js';

export interface StatusOptions extends QueueOption {
  readonly json: boolean;
}

interface Status {
  readonly campaign: string;
  /** 'complete', 'under way', or 'stopped': no process explores it now. */
  readonly state: 'complete' | 'under way' | 'stopped';
  readonly progress?: CampaignProgress;
  /** Of the queue. */
  readonly jobs?: Readonly<Record<string, number>>;
}

/** Progress is saved each second: longer silence means that no process does. */
const SILENT_MS = 10_000;
const STATES = ['wait', 'active', 'failed'];

const jobsOf = async (
  connection: Connection,
  campaign: string,
  suites: number,
): Promise<Readonly<Record<string, number>>> => {
  const counts = await withQueues(connection, campaign, suites, (queue) => queue.getJobCounts(...STATES));
  const sumOf = (state: string): number => counts.reduce((sum, { [state]: count = 0 }) => sum + count, 0);
  return { waiting: sumOf('wait'), active: sumOf('active'), parked: sumOf('failed') };
};

const statusOf = async (campaign: string, { connection, data }: Place): Promise<Status> => {
  const one = data(campaign);
  const progress = await one.progress();
  const isComplete = (await one.outcome())?.isComplete === true && !(await one.hasRecord());
  const isSilent = progress === undefined || Date.now() - progress.savedMs > SILENT_MS;
  const state = isComplete ? 'complete' : isSilent ? 'stopped' : 'under way';
  return {
    campaign,
    state,
    ...(progress === undefined ? {} : { progress }),
    ...(connection === undefined || isComplete
      ? {}
      : { jobs: await jobsOf(connection, campaign, progress?.suites.all ?? 0) }),
  };
};

const lengthOf = (seconds: number): string =>
  seconds < 120
    ? `${Math.ceil(seconds)} s`
    : seconds < 7200
      ? `${Math.ceil(seconds / 60)} min`
      : `${Math.ceil(seconds / 3600)} h`;

const linesOf = ({ campaign, state, progress, jobs }: Status): readonly string[] => {
  const lines = [`${campaign}: ${state}`];
  if (progress !== undefined) {
    const { suites, units, startedMs, savedMs, states, runs, violations } = progress;
    const seconds = Math.max(0.001, (savedMs - startedMs) / 1000);
    const rate = units.done / seconds;
    const left = units.all - units.done;
    const time = rate === 0 || state !== 'under way' ? '' : `, at most ${lengthOf(left / rate)} left`;
    lines.push(
      `  ${suites.done} of ${formatCount(suites.all, 'suite')}, ${units.done} of ${formatCount(units.all, 'part')} (${rate.toFixed(1)} a second${time})`,
      `  ${formatCount(states, 'crash state')}, ${formatCount(runs, 'random run')}, ${formatCount(violations, 'broken invariant')}`,
    );
  }
  if (jobs !== undefined)
    lines.push(`  queue: ${jobs.waiting} waiting, ${jobs.active} with workers, ${jobs.parked} parked`);
  return lines;
};

const workerLine = ({ host, version, concurrency, done, campaign, refuses }: Presence): string => {
  const doing = campaign === '' ? 'idle' : `takes part in ${campaign}`;
  const why = refuses === '' ? '' : `; ${refuses}`;
  return harmlessLine(
    `  ${host}: Powercut ${version}, ${formatCount(concurrency, 'place')}, ${formatCount(done, 'part')} explored, ${doing}${why}`,
  );
};

/** @throws UsageError as documented at `connect`; CAMPAIGN_NOT_FOUND, QUEUE_DATA_INVALID */
export const statusCommand = (
  name: string | undefined,
  { json, ...options }: StatusOptions,
  context: Context,
): Promise<ExitCode> =>
  withPlace(options, context, async (place) => {
    const names = name === undefined ? await place.store.campaigns() : [await campaignNamed(name, place)];
    const all: Status[] = [];
    for (const campaign of names) all.push(await statusOf(campaign, place));
    const workers = place.connection === undefined ? [] : await presentWorkers(place.connection.redis);
    if (json) context.stdout.write(`${JSON.stringify({ campaigns: all, workers }, null, 2)}\n`);
    else {
      const told = all.length === 0 ? ['There is no campaign.'] : all.flatMap(linesOf);
      const present =
        place.connection === undefined
          ? []
          : [
              `${formatCount(workers.length, 'worker')}${workers.length === 0 ? '. Start some: powercut worker --queue …' : ':'}`,
              ...workers.map(workerLine),
            ];
      context.stdout.write(`${[...told, ...present].join('\n')}\n`);
    }
    return 0;
  });
