/** Each listener's position is compared with the store's at boot, and the difference is replayed. Expected: safe. */
import { syncOnStart } from '../../src/designs/sync-on-start.js';
import { bankSuite } from './bank-suite.js';

export default bankSuite({ name: 'sync-on-start', design: syncOnStart, expected: 'safe', replayLimit: 0 });
