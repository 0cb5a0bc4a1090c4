/**
 * Given, when, then: a projection's specification, as values.
 *
 *   projectionSpec(balances)
 *     .given([opened('a', 'Ann')])
 *     .when([deposited('a', 500)])
 *     .thenState({ a: { owner: 'Ann', status: 'open', cents: 500, version: 2 } });
 *
 * `thenState` also checks the rules of every projection. It is pure: it changes neither state nor event, and gives the same
 * result again. Its state is JSON. As a read model it is idempotent: each event delivered twice, and the whole log once
 * more, change nothing.
 */

import { isDeepStrictEqual } from 'node:util';
import {
  type AnyEvent,
  type Event,
  type EventData,
  globalPosition,
  type RecordedEvent,
  streamVersion,
} from '../event-store/event.js';
import { PowercutError } from '../powercut-error.js';
import { type Projection, project } from './projection.js';
import { openReadModel } from './read-model.js';

/** What an event of a specification says. The stream matters only to projections that look at it. Default: 'stream'. */
export type SpecifiedEvent<E extends AnyEvent = Event> = EventData<E> & { readonly streamName?: string };

/** A test of a projection, given and expected as values. Also checks that redelivery changes nothing. */
export interface ProjectionSpec<State, E extends AnyEvent = Event> {
  /** The log before. */
  given(events: readonly SpecifiedEvent<E>[]): ProjectionSpec<State, E>;
  /** The events that follow. The distinction from `given` is for the reader only. */
  when(events: readonly SpecifiedEvent<E>[]): ProjectionSpec<State, E>;
  /** Resolves if the state is as expected, and the projection as it must be. @throws ProjectionSpecError */
  thenState(expected: State): Promise<void>;
}

/** The projection is not as specified. */
export class ProjectionSpecError extends PowercutError {
  override readonly name = 'ProjectionSpecError';
  readonly code = 'PROJECTION_SPEC';
  constructor(
    what: string,
    readonly expected: unknown,
    readonly actual: unknown,
  ) {
    super(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
  }
}

/** Begins a test of a projection with an empty log. */
export const projectionSpec = <State, E extends AnyEvent = Event>(
  projection: Projection<State, E>,
): ProjectionSpec<State, E> => specOf(projection, []);

const specOf = <State, E extends AnyEvent>(
  projection: Projection<State, E>,
  specified: readonly SpecifiedEvent<E>[],
): ProjectionSpec<State, E> => ({
  given: (events) => specOf(projection, [...specified, ...events]),
  when: (events) => specOf(projection, [...specified, ...events]),
  thenState: async (expected) => {
    const log = recorded(specified);
    const state = project(frozen(projection), log);
    const check = (what: string, actual: unknown): void => {
      if (!isDeepStrictEqual(actual, expected))
        throw new ProjectionSpecError(`${projection.name} ${what}`, expected, actual);
    };
    check('is another state', state);
    check('results in another state the second time: it is not pure', project(projection, log));
    check('changes on the way through JSON', JSON.parse(JSON.stringify(state)));
    check('is another state when events are delivered twice', await deliveredTwice(projection, log));
  },
});

/** The state of a read model that is fed each event twice, and then the whole log again. */
const deliveredTwice = async <State, E extends AnyEvent>(
  projection: Projection<State, E>,
  log: readonly RecordedEvent<E>[],
): Promise<State> => {
  const model = await openReadModel(projection, { durability: 'volatile' });
  for (const event of [...log.flatMap((event) => [event, event]), ...log]) model.apply(event);
  return model.state;
};

/** The projection, given states that it can't change without throwing. */
const frozen = <State, E extends AnyEvent>(projection: Projection<State, E>): Projection<State, E> => ({
  ...projection,
  evolve: (state, event) => projection.evolve(deepFreeze(state), event),
});

const deepFreeze = <Value>(value: Value): Value => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
};

/** The events as a store would have recorded them, one after the other. */
const recorded = <E extends AnyEvent>(
  specified: readonly SpecifiedEvent<E>[],
): readonly RecordedEvent<E>[] => {
  const versions = new Map<string, number>();
  return specified.map(({ streamName = 'stream', messageId, ...event }, index) => {
    const version = (versions.get(streamName) ?? 0) + 1;
    versions.set(streamName, version);
    const metadata = {
      messageId: messageId ?? `message-${index + 1}`,
      streamName,
      streamPosition: streamVersion(version),
      globalPosition: globalPosition(index + 1),
    };
    return deepFreeze({ ...event, metadata }) as SpecifiedEvent<E> & { readonly metadata: typeof metadata }; // what is left out has gone into the metadata
  });
};
