/**
 * Some events are poison to one handler or to both: it fails on them whenever it is handed one. They are parked
 * with a durable record, and hide nothing from anybody.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { Invariant, PerformContext, Suite } from '../../sim/suite/suite.js';
import { numberOf } from '../../src/event-store/position.js';
import { readParked } from '../../src/feeder/parking.js';
import { isolation } from '../invariants/index.js';
import { batchOf } from '../observation/logged-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import { fedInvariants, observe } from './fed-invariants.js';
import {
  bootStoreToFeed,
  describeNote,
  type FeederLife,
  HANDLERS,
  type IsPoison,
  latest,
  rememberFed,
  settleFed,
  startFed,
  stopFed,
} from './feeder-life.js';

/** An event that the named handlers can't bear. */
type Append = { readonly poisonTo: readonly string[] };

const command: fc.Arbitrary<Append> = fc.record({ poisonTo: fc.subarray([...HANDLERS]) });

const isPoison: IsPoison = (handler, data) => (data as Append).poisonTo.includes(handler); // every domain event here is written by `append`

const append = async (
  { store }: FeederLife,
  { poisonTo }: Append,
  { index }: PerformContext,
): Promise<void> => {
  await store.appendToStream('s', batchOf(index, 'Happened', [{ poisonTo }]));
};

const describe = ({ poisonTo }: Append): string =>
  poisonTo.length === 0 ? 'append an event' : `append an event that is poison to ${poisonTo.join(' and ')}`;

/** Volatile handlers meet the same event in every life: it must not leave a record each time. */
const parkedOnce: Invariant<FeederLife, Append> = {
  name: 'parked-once',
  statement: 'Of each event that a handler gave up on there is one record.',
  check: async (history, life) => {
    const { parked } = await observe(life, history);
    const records = parked.map(
      ({ subscriber, globalPosition }) => `${subscriber}, position ${globalPosition}`,
    );
    const twice = records.find((record, index) => records.indexOf(record) !== index);
    return twice === undefined ? undefined : `there are two records of what was parked: ${twice}`;
  },
};

/** What a record says of the attempts, compared with what the handler was handed in this life. */
const attemptsAgree: Invariant<FeederLife, Append> = {
  name: 'attempts-agree',
  statement: 'The record of a parked event names as many attempts as the handler was given.',
  check: async (_, life) => {
    for (const handler of HANDLERS) {
      const delivered = latest(life)?.work[handler].delivered ?? [];
      for (const { position, attempts } of await readParked(life.store, handler)) {
        const made = delivered.filter((other) => other === numberOf(position)).length;
        // One that was parked in an earlier life need not be tried again.
        if (made > 0 && made !== attempts)
          return `${handler} was handed position ${position} ${made} times, and the record of it says ${attempts}`;
      }
    }
    return undefined;
  },
};

/** `atOnce`: on how many events a handler works at a time. */
const poisonSuite = (name: string, atOnce: number): Suite =>
  defineSuite({
    name,
    boot: async (env) => {
      const life = await bootStoreToFeed(env);
      await startFed(life, { isPoison, atOnce });
      return life;
    },
    commands: fc.array(command, { minLength: 1, maxLength: 5 }),
    perform: append,
    settle: settleFed,
    shutdown: stopFed,
    mustReach: [retriedAfterCrash],
    invariants: [
      parkedOnce,
      attemptsAgree,
      isolation<FeederLife, Append>(observe),
      ...fedInvariants(describe),
    ],
    observe: rememberFed,
    clients: 2,
    marks: ['store:torn-tail-cut', 'bus:event-parked'],
    describe,
    describeEffect: describeNote,
  });

export const poisonEvents = poisonSuite('poison-events', 1);

/** An event that is tried again and again is overtaken by those after it: a checkpoint must not pass it. */
export const overtakenPoison = poisonSuite('overtaken-poison', 3);
