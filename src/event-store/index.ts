/** The door of this room: what the rest of the program, and users of the store, may import. */

export {
  CorruptLogError,
  ExpectedVersionConflictError,
  InvalidArgumentError,
  MessageIdConflictError,
  StoreFailedError,
  StoreFullError,
  StoreLockedError,
  StoreUnavailableError,
  StreamNotFoundError,
} from './errors.js';
export * from './event.js';
export * from './event-store.js';
export type { RecoveryReport, TornTail } from './log/recovery.js';
export type { MaxCount } from './log/seal-segment.js';
export type { DurableEventStore } from './log-event-store.js';
export { GIVEN_UP_DIRECTORY, type Repair, repairLog } from './maintenance/repair-log.js';
export { type Damage, type Examination, type ExaminedSegment, examineLog } from './maintenance/verify-log.js';
export { openEventStore, type StoreOptions } from './open-event-store.js';
export { DecodedEvents } from './read/decoded-event-cache.js';
