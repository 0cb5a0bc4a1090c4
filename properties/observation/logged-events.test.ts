import { expect, test } from 'vitest';
import { globalPosition, type RecordedEvent, streamVersion } from '../../src/event-store/event.js';
import { loggedEvent, metAs } from './logged-events.js';

const recorded = (
  changes: Partial<RecordedEvent> = {},
  metadata: Partial<RecordedEvent['metadata']> = {},
) => ({
  type: 'T',
  data: { n: 1 },
  ...changes,
  metadata: {
    messageId: 'command-7/0',
    streamName: 's',
    streamPosition: streamVersion(3),
    globalPosition: globalPosition(5),
    ...metadata,
  },
});

test('loggedEvent: an event equal to the last one at its position is the same object', () => {
  const first = metAs(recorded());
  expect(metAs(recorded())).toBe(first);
  expect(loggedEvent(recorded())).toBe(first.logged);
});

test.each([
  ['type', recorded({ type: 'other' })],
  ['data', recorded({ data: { n: 2 } })],
  ['message id', recorded({}, { messageId: 'command-8/0' })],
  ['stream', recorded({}, { streamName: 't' })],
  ['place in the stream', recorded({}, { streamPosition: streamVersion(4) })],
  ['correlation', recorded({}, { correlationId: 'c' })],
  ['causation', recorded({}, { causationId: 'c' })],
])('loggedEvent: an event with another %s is another object', (_, other) => {
  const first = metAs(recorded());
  const met = metAs(other);
  expect(met).not.toBe(first);
  expect(met.event).toBe(other);
  expect(met.logged).toMatchObject({
    type: other.type,
    data: other.data,
    messageId: other.metadata.messageId,
  });
});
