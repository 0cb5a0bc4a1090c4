/** The door of this room: what the rest of the program, and users of the store, may import. */
export { DecodedEvents } from './decoded-events.js';
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
export { type Damage, type Examination, type ExaminedSegment, examineLog } from './examine.js';
export { type DurableEventStore, openEventStore, type StoreOptions } from './open-event-store.js';
export type { RecoveryReport, TornTail } from './recovery.js';
export { GIVEN_UP_DIRECTORY, type Repair, repairLog } from './repair.js';
