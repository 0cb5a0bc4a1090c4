/** A marker says whether the last shutdown was clean; without it every listener starts over from event 1. Expected: safe. */
import { rebuildOnDirtyStart } from '../../src/designs/rebuild-on-dirty-start.js';
import { bankSuite } from './bank-suite.js';

export default bankSuite({
  name: 'rebuild-on-dirty-start',
  design: rebuildOnDirtyStart,
  expected: 'safe',
  marks: ['bank:rebuilt-after-dirty-start'],
});
