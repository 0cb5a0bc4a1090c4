/**
 * `powercut/store`: the event store for production, and reliable delivery from it: message bus, feeder, read models.
 * Nothing of the simulator is reachable from here.
 *
 * @module
 */
export * from '../src/environment.js';
export * from '../src/event-store/index.js';
export * from '../src/feeder/index.js';
export * from '../src/message-bus/index.js';
export * from '../src/read-models/index.js';
export * from '../src/real-environment.js';
