/** A feeder between store and listeners keeps its checkpoint in a stream of the same store. Expected: safe. */
import { checkpointedFeeder } from '../../src/designs/checkpointed-feeder.js';
import { bankSuite } from './bank-suite.js';

export default bankSuite({ name: 'checkpointed-feeder', design: checkpointedFeeder, expected: 'safe' });
