/**
 * `npm run sabotage`: commits every sabotage of the gallery, tells how each was killed, and holds the honest source to
 * the same bounds. Ends with 1 when something survived unexplained, an explanation is wrong, or there was a false alarm.
 *
 *     npm run sabotage -- --only feeder --only bus --json sabotage.json --workers 2 --without-twins
 *
 * `--stories` also tells how each came about, and holds that against the golden stories; `--update-stories` writes those. Both
 * take several times as long, as a story is worth reading only after shrinking. `--resume` takes up an interrupted run.
 */
import { writeFileSync } from 'node:fs';
import { automaticSabotages } from '../../properties/sabotage/automatic.js';
import { gallery } from '../../properties/sabotage/gallery/index.js';
import { ROWS } from '../../properties/sabotage/known-incidents.js';
import type { Sabotage } from '../../properties/sabotage/sabotage.js';
import { commandOf, several, wholeNumber } from '../command.js';
import { type Remember, rememberFates } from './remembered.js';
import { described, type Entry, summaryOf, survivorsOf } from './report.js';
import { commit, type Fate, honestTwin } from './run.js';
import { staleStories, updateStory } from './stories.js';
import { compileTrees, type Trees } from './tree.js';

/** Runs `act` on all items, a few at a time; results are in the order of the items. */
const few = async <Item, Result>(
  items: readonly Item[],
  workers: number,
  act: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results[index] = await act(item);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return results;
};

const failed = (error: unknown): Fate => ({ kind: 'failed', why: String(error) });

interface Exploration {
  readonly trees: Trees;
  readonly workers: number;
  readonly remember: Remember;
}

const commitAll = (
  { trees, workers, remember }: Exploration,
  sabotages: readonly Sabotage[],
  tells: boolean,
  onEntry: (entry: Entry) => void,
): Promise<readonly Entry[]> =>
  few(sabotages, workers, async (sabotage) => {
    const { patches, suites, killedBy } = sabotage;
    const fate = await remember({ patches, suites, killedBy, tells }, () =>
      commit(trees, sabotage, tells).catch(failed),
    );
    const entry = { sabotage, fate };
    console.log(described(entry));
    onEntry(entry);
    return entry;
  });

/** The suites used, on the source as it is. A violation is a false alarm. */
const falseAlarms = async (
  { trees, workers, remember }: Exploration,
  suites: readonly string[],
): Promise<readonly string[]> => {
  const fates = await few(suites, workers, async (suite) => {
    const fate = await remember({ suite }, () => honestTwin(trees, suite).catch(failed));
    if (fate.kind === 'failed') return `the honest source could not be explored by ${suite}: ${fate.why}`;
    const { images = 0, runs = 0 } = fate.attacks[0] ?? {};
    console.log(`honest    ${suite}: ${images} images, ${runs} random runs`);
    return fate.kind === 'killed'
      ? `false alarm of ${suite}: ${fate.by.violation?.invariant}: ${fate.by.violation?.story}`
      : undefined;
  });
  return fates.filter((fate) => fate !== undefined);
};

interface Options {
  readonly only?: readonly string[];
  readonly json?: string;
  readonly workers: number;
  readonly withoutTwins?: true;
  readonly stories: boolean;
  readonly updateStories: boolean;
  readonly resume: boolean;
}

const main = async (): Promise<number> => {
  const { workers, ...values } = commandOf(
    'sabotage',
    'Commits every sabotage of the gallery, tells how each was killed, and holds the honest source to the same bounds.',
  )
    .option('--only <text>', 'those with this in their name; may be given several times', several)
    .option('--json <file>', 'write what came of each down')
    .option('--workers <n>', 'how many at once', wholeNumber(1), 2)
    .option('--without-twins', 'leave the honest source out')
    .option('--stories', 'tell how each came about, and hold that against the golden stories', false)
    .option('--update-stories', 'write the golden stories', false)
    .option('--resume', 'take what an earlier run on the same sources has explored', false)
    .parse()
    .opts<Options>();
  const trees = compileTrees();
  try {
    const exploration = { trees, workers, remember: rememberFates(trees.sources, values.resume) };
    const automatic = values.updateStories ? [] : automaticSabotages(trees.sources);
    const planted = [...gallery, ...automatic].filter(
      ({ name }) => values.only?.some((part) => name.includes(part)) ?? true,
    );
    const order = gallery.map(({ name }) => name);
    const tells = values.stories || values.updateStories;
    const entries = await commitAll(exploration, planted, tells, (entry) => {
      if (values.updateStories) updateStory(entry, order);
    });
    const suites = values.withoutTwins
      ? []
      : [...new Set(planted.flatMap((sabotage) => sabotage.suites))].sort();
    const alarms = await falseAlarms(exploration, suites);
    const summary = summaryOf(entries);
    if (values.json !== undefined) {
      const sabotages = entries.map(({ sabotage, fate }) => ({
        name: sabotage.name,
        row: sabotage.row,
        source: sabotage.row === 'automatic' ? undefined : ROWS[sabotage.row],
        ...fate,
      }));
      writeFileSync(
        values.json,
        `${JSON.stringify({ ...summary, survivors: survivorsOf(entries, trees.sources), alarms, sabotages }, undefined, 2)}\n`,
      );
    }
    const { killed, medianSeconds, slowestSeconds } = summary;
    const explained = summary.planted - killed - summary.complaints.length;
    console.log(
      `\n${killed} of ${summary.planted} killed, ${Math.max(0, explained)} explained survivors; ` +
        `median ${medianSeconds.toFixed(2)} s, slowest ${slowestSeconds.toFixed(2)} s of processor time`,
    );
    const complaints = [...summary.complaints, ...alarms, ...(values.stories ? staleStories(entries) : [])];
    for (const complaint of complaints) console.error(complaint);
    return complaints.length === 0 ? 0 : 1;
  } finally {
    trees.dispose();
  }
};

process.exitCode = await main();
