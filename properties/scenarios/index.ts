/**
 * What went wrong in real systems, as suites against the parts of this one. The six shipped suites ask whether a
 * design delivers; these ask what they can't: batches, races, poison, two feeders, waits, stops, damage, haste.
 */
import type { Suite } from '../../sim/suite/suite.js';
import ambiguousCheckpoints from './ambiguous-checkpoints.js';
import atomicBatches from './atomic-batches.js';
import { busyCustomers } from './busy-customers.js';
import checkpointPolicies from './checkpoint-policies.js';
import closingStores from './closing-stores.js';
import concurrentAppends from './concurrent-appends.js';
import damagedCheckpoints from './damaged-checkpoints.js';
import exchangedLogs from './exchanged-logs.js';
import { failingSyncs, fullDisk } from './failing-syncs.js';
import flushingHandlers from './flushing-handlers.js';
import givenUpAppends from './given-up-appends.js';
import givenUpRushes from './given-up-rushes.js';
import keyedHandlers from './keyed-handlers.js';
import liveSubscriptions from './live-subscriptions.js';
import longReads from './long-reads.js';
import { lostLetters } from './lost-letters.js';
import messageIds from './message-ids.js';
import { overtakenPoison, poisonEvents } from './poison-events.js';
import production from './production.js';
import rebuiltModels from './rebuilt-models.js';
import { repairedLogs } from './repaired-logs.js';
import reservedSeats from './reserved-seats.js';
import restoredLogs from './restored-logs.js';
import rivalStores from './rival-stores.js';
import scarceMachines from './scarce-machines.js';
import { sealedSegments } from './sealed-segments.js';
import sharedDecoding from './shared-decoding.js';
import snapshotsAndRevisions from './snapshots-and-revisions.js';
import stateFiles from './state-files.js';
import { streamExpectations } from './stream-expectations.js';
import stuckHandlers from './stuck-handlers.js';
import twoFeeders from './two-feeders.js';
import waitingReaders from './waiting-readers.js';

export const scenarioSuites: readonly Suite[] = [
  atomicBatches,
  concurrentAppends,
  ...sealedSegments,
  production,
  failingSyncs,
  fullDisk,
  givenUpAppends,
  stateFiles,
  rebuiltModels,
  liveSubscriptions,
  poisonEvents,
  overtakenPoison,
  twoFeeders,
  waitingReaders,
  checkpointPolicies,
  damagedCheckpoints,
  ambiguousCheckpoints,
  exchangedLogs,
  restoredLogs,
  ...busyCustomers,
  ...lostLetters,
  ...repairedLogs,
  ...streamExpectations,
  messageIds,
  longReads,
  flushingHandlers,
  closingStores,
  snapshotsAndRevisions,
  keyedHandlers,
  rivalStores,
  scarceMachines,
  givenUpRushes,
  sharedDecoding,
  stuckHandlers,
  reservedSeats,
];
