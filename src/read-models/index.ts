/** The door of this room: read models, what feeds them, and the specification of their projections. */
export { readModelHandler, snapshotHandler } from './handler.js';
export { type Projection, project } from './projection.js';
export {
  type ProjectionSpec,
  ProjectionSpecError,
  projectionSpec,
  type SpecifiedEvent,
} from './projection-spec.js';
export {
  openReadModel,
  type ReadModel,
  ReadModelMalformedError,
  type ReadModelStorage,
} from './read-model.js';
export { rebuild } from './rebuild.js';
export { StateFileCorruptError, StateFileFormatError } from './state-file.js';
