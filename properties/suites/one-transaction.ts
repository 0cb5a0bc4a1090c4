/** Events and what the listeners make of them are one atomic write. Expected: safe. */
import { oneTransaction } from '../../src/designs/one-transaction.js';
import { bankSuite } from './bank-suite.js';

export default bankSuite({
  name: 'one-transaction',
  design: oneTransaction,
  expected: 'safe',
  replayLimit: 0,
});
