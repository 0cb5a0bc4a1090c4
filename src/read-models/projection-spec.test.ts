import { describe, expect, it } from 'vitest';
import type { Json } from '../event-store/event.js';
import type { Projection } from './projection.js';
import { projectionSpec } from './projection-spec.js';

const added = (value: number, streamName = 's') => ({ type: 'added', data: value, streamName });

const sums: Projection<{ readonly [stream: string]: number }> = {
  name: 'sums',
  initial: {},
  evolve: (state, { data, metadata }) => ({
    ...state,
    [metadata.streamName]: (state[metadata.streamName] ?? 0) + Number(data),
  }),
};

const broken = <State>(initial: State, evolve: Projection<State>['evolve']): Projection<State> => ({
  name: 'broken',
  initial,
  evolve,
});

describe('projectionSpec', () => {
  it('holds for a projection that comes to the state', async () => {
    await projectionSpec(sums)
      .given([added(1), added(2, 't')])
      .when([added(3)])
      .thenState({ s: 4, t: 2 });
    await projectionSpec(sums).given([]).thenState({});
  });

  it('numbers events as a store does', async () => {
    const places = broken<Json>([], (state, { metadata: { streamPosition, globalPosition } }) => [
      ...(state as readonly Json[]), // its own state, an array
      [Number(streamPosition), Number(globalPosition)],
    ]);
    await projectionSpec(places)
      .given([added(1, 'a'), added(1, 'b'), added(1, 'a')])
      .thenState([
        [1, 1],
        [1, 2],
        [2, 3],
      ]);
  });

  it('fails for another state, and tells both', async () => {
    await expect(
      projectionSpec(sums)
        .given([added(1)])
        .thenState({ s: 2 }),
    ).rejects.toMatchObject({
      code: 'PROJECTION_SPEC',
      expected: { s: 2 },
      actual: { s: 1 },
    });
  });

  it('fails for a projection that changes the state it is given', async () => {
    const impure = broken<{ sum: number }>({ sum: 0 }, (state, { data }) => {
      state.sum += Number(data);
      return state;
    });
    await expect(
      projectionSpec(impure)
        .given([added(1)])
        .thenState({ sum: 1 }),
    ).rejects.toThrow(TypeError);
  });

  it('fails for a projection that remembers something outside its state', async () => {
    let calls = 0;
    const counting = broken(0, () => ++calls);
    await expect(
      projectionSpec(counting)
        .given([added(1)])
        .thenState(1),
    ).rejects.toThrow('not pure');
  });

  it('fails for a state that JSON does not keep', async () => {
    const lossy = broken<Json>(null, () => Number.NaN);
    await expect(
      projectionSpec(lossy)
        .given([added(1)])
        .thenState(Number.NaN),
    ).rejects.toThrow('through JSON');
  });
});
