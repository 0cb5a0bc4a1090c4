/** `powercut/store`: the event store for production. Nothing of the simulator is reachable from here. */
export * from '../src/environment.js';
export * from '../src/event-store/index.js';
