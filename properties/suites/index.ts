/** The six suites that the package ships: one design each, in the order in which they answer one another. */
import type { Suite } from '../../sim/suite/suite.js';
import checkpointedFeeder from './checkpointed-feeder.js';
import listenerPositions from './listener-positions.js';
import oneTransaction from './one-transaction.js';
import publishAfterSave from './publish-after-save.js';
import rebuildOnDirtyStart from './rebuild-on-dirty-start.js';
import syncOnStart from './sync-on-start.js';

export const shippedSuites: readonly Suite[] = [
  publishAfterSave,
  rebuildOnDirtyStart,
  syncOnStart,
  oneTransaction,
  listenerPositions,
  checkpointedFeeder,
];
