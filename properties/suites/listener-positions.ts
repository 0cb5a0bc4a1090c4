/** Each listener keeps its last position with its state, and asks for what came after it. Expected: safe. */
import { listenerPositions } from '../../src/designs/listener-positions.js';
import { bankSuite } from './bank-suite.js';

export default bankSuite({
  name: 'listener-positions',
  design: listenerPositions,
  expected: 'safe',
  replayLimit: 0,
});
