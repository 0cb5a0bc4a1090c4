/** Save, then publish, and nothing else: a power cut in between leaves the read models behind for good. Expected: unsafe. */
import { publishAfterSave } from '../../src/designs/publish-after-save.js';
import { bankSuite } from './bank-suite.js';

export default bankSuite({
  name: 'publish-after-save',
  design: publishAfterSave,
  expected: 'unsafe',
  replayLimit: 0,
});
