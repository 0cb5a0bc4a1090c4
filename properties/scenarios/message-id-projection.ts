/** The read model that any loss, repeat or change of order shows in: the ids of all events, in order. */
import type { Projection } from '../../src/read-models/projection.js';

export type Ids = readonly string[];

export const ledger = (name: string): Projection<Ids> => ({
  name,
  initial: [],
  evolve: (ids, { metadata }) => [...ids, metadata.messageId],
});
