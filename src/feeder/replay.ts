/** Reads the log once, from a position to its end, for those who catch up before they go on. */
import type { AnyEvent, Event, RecordedEvent, Resume } from '../event-store/event.js';
import type { EventStore } from '../event-store/event-store.js';
import { numberOf, resumeAfter } from '../event-store/position.js';

const BATCH_MAX = 256;

/**
 * Hands every event after `after`, the system's own excepted, to `handle`: in order, and those of a batch without
 * waiting in between. Resolves when all are handled and the log has no more. Rejects with the first failure.
 */
export const replay = async <E extends AnyEvent = Event>(
  store: EventStore,
  after: Resume,
  handle: (event: RecordedEvent<E>) => Promise<void> | void,
): Promise<void> => {
  let position = numberOf(after);
  while (position < numberOf(store.head())) {
    const events = await store.readAll<E>({
      after: resumeAfter(position),
      maxCount: BATCH_MAX,
      systemStreams: false,
    });
    const last = events.at(-1);
    if (last === undefined) return;
    position = numberOf(last.metadata.globalPosition);
    await Promise.all(events.map((event) => handle(event)));
  }
};
