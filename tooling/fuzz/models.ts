/** The read models of the sound logs: two of one kind, so that the file of one may get into the place of the other's. */
import { Buffer } from 'node:buffer';
import type { Environment } from '../../src/environment.js';
import { isSystemStream, type RecordedEvent } from '../../src/event-store/event.js';
import { crc32 } from '../../src/event-store/format/crc32.js';
import type { EventStore } from '../../src/event-store/index.js';
import { openReadModel, type Projection, project, type ReadModel } from '../../src/read-models/index.js';

/** Enough of every event that no two logs of other events have the same tally. */
type Tally = { readonly events: number; readonly digest: number };

const tally = (name: string): Projection<Tally> => ({
  name,
  initial: { events: 0, digest: 0 },
  evolve: ({ events, digest }, { data, metadata }) => {
    const text = JSON.stringify([data, metadata.streamName, Number(metadata.streamPosition)]);
    return { events: events + 1, digest: crc32(Buffer.from(text), digest) };
  },
});

const MODELS = [tally('first'), tally('second')] as const;

export type OpenModel = typeof openReadModel;

const fed = (events: readonly RecordedEvent[]): readonly RecordedEvent[] =>
  events.filter(({ metadata }) => !isSystemStream(metadata.streamName));

/** Saves the models twice, so that both slots are written: after half of the events, and after all. */
export const saveModels = async (env: Environment, directory: string, store: EventStore): Promise<void> => {
  const events = fed(await store.readAll());
  for (const projection of MODELS) {
    const model = await openReadModel(projection, { durability: 'durable', fs: env.fs, directory, store });
    for (const [at, event] of events.entries()) {
      model.apply(event);
      if (at === Math.floor(events.length / 2)) await model.flush();
    }
    await model.flush();
    await model.close();
  }
};

/** What a model may be refused with: an error that says what to do. */
const REFUSALS: ReadonlySet<unknown> = new Set([
  'READ_MODEL_MALFORMED',
  'STATE_FILE_CORRUPT',
  'STATE_FILE_FORMAT',
  'HANDLER_BEYOND_HEAD',
]);

/** Opens each model and brings it up to date; returns what is wrong with it, if anything is. */
export const wrongModel = async (
  env: Environment,
  directory: string,
  store: EventStore,
  log: readonly RecordedEvent[],
  open: OpenModel,
): Promise<string | undefined> => {
  const events = fed(log);
  for (const projection of MODELS) {
    let model: ReadModel<Tally>;
    try {
      model = await open(projection, { durability: 'durable', fs: env.fs, directory, store });
    } catch (error) {
      if (error instanceof Error && 'code' in error && REFUSALS.has(error.code)) continue;
      throw error;
    }
    for (const event of events) model.apply(event);
    const [found, expected] = [model.state, project(projection, events)].map((state) =>
      JSON.stringify(state),
    );
    await model.flush();
    await model.close();
    if (found !== expected) return `read model ${projection.name} comes to ${found}, the log to ${expected}`;
  }
  return undefined;
};
