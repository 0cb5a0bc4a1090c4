/**
 * What went wrong in real systems, as suites against the parts of this one. The six shipped suites ask whether a
 * design delivers; these ask what they can't: batches, races, poison, two feeders, waits, stops, damage, haste.
 */
import type { Suite } from '../../sim/suite.js';
import atomicBatches from './atomic-batches.js';
import { busyCustomers } from './busy-customers.js';
import checkpointPolicies from './checkpoint-policies.js';
import concurrentAppends from './concurrent-appends.js';
import damagedCheckpoints from './damaged-checkpoints.js';
import { lostLetters } from './lost-letters.js';
import poisonEvents from './poison-events.js';
import twoFeeders from './two-feeders.js';
import waitingReaders from './waiting-readers.js';

export const scenarioSuites: readonly Suite[] = [
  atomicBatches,
  concurrentAppends,
  poisonEvents,
  twoFeeders,
  waitingReaders,
  checkpointPolicies,
  damagedCheckpoints,
  ...busyCustomers,
  ...lostLetters,
];
