/** The namespace `observation` of the package: how a system is observed, and what an observation answers. */
export * from './observation.js';
export { remember } from './observed-memory.js';
