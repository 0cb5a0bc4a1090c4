/** The namespace `observation` of the package: how a system is observed, and what an observation answers. */
export * from './observation.js';
export type {
  ObservedModel,
  ObserveStoreOptions,
  OutsideHandler,
  StoreObserver,
  StoreParts,
} from './observe-store.js';
export { observeStore } from './observe-store.js';
export { remember } from './observed-memory.js';
export { type Deliveries, type DeliveryRecorder, recordDeliveries } from './record-deliveries.js';
