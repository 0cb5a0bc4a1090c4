/** The types of a suite whose boot is on the simulated disk: checked by `tsc`, as a wrong type fails the build and no run. */
import * as fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { defineSuite } from '../define-suite/define-suite.js';
import type { SimulatedEnvironment } from '../suite/suite.js';
import { isSuite } from '../suite/suite-registry.js';
import { onSimulatedDisk } from './on-simulated-disk.js';

interface Notes {
  write(text: string): Promise<void>;
}

interface Letter {
  readonly to: string;
}

const notes: Notes = { write: async () => undefined };
const commands = fc.array(fc.record({ text: fc.constant('x') }));

describe('onSimulatedDisk', () => {
  test('gives `defineSuite` the system of its boot', () => {
    const suite = defineSuite({
      name: 'no environment',
      boot: onSimulatedDisk((): Notes => notes),
      commands,
      perform: (system, { text }) => {
        expectTypeOf(system).toEqualTypeOf<Notes>();
        return system.write(text);
      },
      invariants: [
        {
          name: 'system',
          statement: 'It is known here, too.',
          check: (_, system) => void expectTypeOf(system).toEqualTypeOf<Notes>(),
        },
      ],
    });
    expect(isSuite(suite)).toBe(true);
  });

  test('types the environment of an async boot that is written in place', () => {
    const suite = defineSuite({
      name: 'in place',
      boot: onSimulatedDisk(async (world) => {
        expectTypeOf(world).toEqualTypeOf<SimulatedEnvironment>();
        return { text: await world.fs.readFile('/note', 'utf8') };
      }),
      commands,
      perform: (system) => system.text,
      invariants: [],
    });
    expect(isSuite(suite)).toBe(true);
  });

  test('gives `defineSuite` the effects that its boot names', () => {
    const suite = defineSuite({
      name: 'letters',
      boot: onSimulatedDisk((env: SimulatedEnvironment<Letter>) => ({
        post: () => env.outside({ to: 'Ann' }),
      })),
      commands,
      perform: (system) => system.post(),
      describeEffect: (letter) => letter.to,
      invariants: [
        {
          name: 'effects',
          statement: 'They are letters.',
          check: ({ effects }) => void expectTypeOf(effects).toEqualTypeOf<readonly Letter[]>(),
        },
      ],
    });
    expect(isSuite(suite)).toBe(true);
  });

  test('returns a function of the environment that returns what the boot returns', () => {
    expectTypeOf(onSimulatedDisk(() => notes)).toEqualTypeOf<(env: SimulatedEnvironment) => Notes>();
  });
});
