/**
 * Everything that production turns on, explored until nothing unseen is left: every power cut, every one in its recovery,
 * to any depth. The workload of the daily test fills a segment, compacts it and opens by its index file. With
 * `npm run test:closure` there are longer ones, with more segments.
 */
import { expect, test } from 'vitest';
import { diskModel } from '../../sim/disk/crash-model/disk-models.js';
import { explore } from '../../sim/explore/exhaustive/exhaustive.js';
import { drive } from '../../sim/life/drive.js';
import production from './production.js';

/** Far more power cuts in a row than it takes until nothing new is left. */
const DEPTH = 50;
const LONG = process.env.POWERCUT_CLOSURE !== undefined;

/** How many appends are sent at once, command by command; and what must have been met on the way. */
const WORKLOADS: readonly (readonly [appends: readonly number[], marks: readonly string[]])[] = [
  [
    [3, 2],
    [
      'store:group-shared',
      'store:segment-compacted',
      'store:opened-by-index',
      'store:opened-by-log',
      'store:torn-tail-cut',
    ],
  ],
  ...(LONG
    ? ([
        [[2, 2, 2], production.marks ?? []],
        [[3, 3, 1], production.marks ?? []],
        [[2, 2, 2, 2], production.marks ?? []],
      ] as const)
    : []),
];

test.each(WORKLOADS)(
  'explore: appends of %j to the production store survive every power cut, to any depth',
  async (appends, expected) => {
    const marks = new Set<string>();
    let segments = 0;
    const { findings, closed, sampled, lives, legal } = await drive(
      explore(
        production,
        appends.map((count) => ({ appends: count })),
        {
          model: diskModel('posix'),
          depth: DEPTH,
          commandsAfterCrash: 1,
          imageBudget: 4096,
          lifeBudget: 1_000_000,
          stopped: () => undefined,
          onLife: ({ world }) => {
            for (const mark of world.marks) marks.add(mark);
            for (const { path } of world.steps)
              segments = Math.max(segments, Number(/(\d{8})\.log$/.exec(path)?.[1] ?? 0));
          },
        },
      ),
    );
    console.log(`closed: ${closed}, ${lives} lives, ${legal} legal images, ${segments} segments`);
    expect(findings.map(({ broken }) => broken)).toEqual([]);
    expect({ closed, sampled }).toEqual({ closed: true, sampled: false });
    expect(expected.filter((mark) => !marks.has(mark))).toEqual([]);
    expect(segments).toBeGreaterThan(1);
  },
  LONG ? 3_600_000 : 240_000,
);
