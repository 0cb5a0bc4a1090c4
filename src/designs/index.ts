/** The six designs, in the order in which they are compared. */
import type { BankDesign, DesignName } from './bank/bank-system.js';
import { checkpointedFeeder } from './checkpointed-feeder.js';
import { listenerPositions } from './listener-positions.js';
import { oneTransaction } from './one-transaction.js';
import { publishAfterSave } from './publish-after-save.js';
import { rebuildOnDirtyStart } from './rebuild-on-dirty-start.js';
import { syncOnStart } from './sync-on-start.js';

export const designs: Readonly<Record<DesignName, BankDesign>> = {
  'publish-after-save': publishAfterSave,
  'rebuild-on-dirty-start': rebuildOnDirtyStart,
  'sync-on-start': syncOnStart,
  'one-transaction': oneTransaction,
  'listener-positions': listenerPositions,
  'checkpointed-feeder': checkpointedFeeder,
};
