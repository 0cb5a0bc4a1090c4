/** The five designs that promise to be safe. */
import type { BankDesign, DesignName } from '../../src/designs/bank/bank-system.js';
import { checkpointedFeeder } from '../../src/designs/checkpointed-feeder.js';
import { listenerPositions } from '../../src/designs/listener-positions.js';
import { oneTransaction } from '../../src/designs/one-transaction.js';
import { rebuildOnDirtyStart } from '../../src/designs/rebuild-on-dirty-start.js';
import { syncOnStart } from '../../src/designs/sync-on-start.js';

export const safeDesigns: readonly { readonly name: DesignName; readonly design: BankDesign }[] = [
  { name: 'rebuild-on-dirty-start', design: rebuildOnDirtyStart },
  { name: 'sync-on-start', design: syncOnStart },
  { name: 'one-transaction', design: oneTransaction },
  { name: 'listener-positions', design: listenerPositions },
  { name: 'checkpointed-feeder', design: checkpointedFeeder },
];
