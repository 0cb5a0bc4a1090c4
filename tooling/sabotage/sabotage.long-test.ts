import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { gallery } from '../../properties/sabotage/gallery/index.js';
import { commit, honestTwin } from './run.js';
import { compileTrees, type Trees } from './tree.js';

/** A few, of every room: `npm run sabotage` commits them all. */
const QUICK = [
  'log: acknowledges without a sync',
  'recovery: cuts one frame too many off a torn tail',
  'store: takes a repeated message for a new one',
  'bus: subscribers register a moment after it is open',
  'feeder: trusts the checkpoint over a volatile read model',
  'checkpoint: one beyond the end of the log is believed',
  'rebuild-on-dirty-start: rebuilds the state but keeps the position',
  'sync-on-start: does not replay the difference to durable listeners',
];

const TIMEOUT_MS = 180_000;

describe('compileTrees: a sabotaged source', () => {
  let trees: Trees;
  beforeAll(() => {
    trees = compileTrees();
  }, TIMEOUT_MS);
  afterAll(() => trees?.dispose());

  test.each(QUICK)(
    '%s: is caught, by an invariant that speaks of the damage',
    async (name) => {
      const sabotage = gallery.find((one) => one.name === name);
      if (sabotage === undefined) throw new Error(`the gallery has no '${name}'`);
      const fate = await commit(trees, sabotage, true);
      expect(fate).toMatchObject({ kind: 'killed' });
      if (fate.kind !== 'killed') return;
      expect(sabotage.killedBy).toContain(fate.by.violation?.invariant);
      expect(fate.by.violation?.story).toContain('BROKEN');
    },
    TIMEOUT_MS,
  );

  it(
    'is told from one that is as it should be',
    async () => {
      expect(await honestTwin(trees, 'concurrent-appends')).toMatchObject({ kind: 'survived' });
    },
    TIMEOUT_MS,
  );

  it(
    'that does not even start kills nothing',
    async () => {
      const file = 'src/event-store/log/recovery.ts';
      const patches = [
        {
          file,
          find: 'const names = await list(',
          replace: 'throw new Error("no"); const names = await list(',
        },
      ];
      const sabotage = {
        name: 'x',
        row: 'automatic',
        patches,
        suites: ['concurrent-appends'],
        killedBy: [],
      } as const;
      expect(await commit(trees, sabotage, false)).toMatchObject({
        kind: 'failed',
        why: expect.stringContaining('does not boot on an empty disk'),
      });
    },
    TIMEOUT_MS,
  );
});
