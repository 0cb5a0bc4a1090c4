/**
 * Two stores that share decoded events, and whose events have the same ids, lengths and places. They differ in one letter,
 * at any distance from their end. Each store gives what was appended to it.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { History, Invariant, SimulatedEnvironment } from '../../sim/suite/suite.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { DecodedEvents } from '../../src/event-store/read/decoded-event-cache.js';
import { commandAt } from '../observation/describe-events.js';
import { acknowledgedAndCrashed } from '../observation/must-reach.js';
import { answered } from './no-rejections.js';

const NAMES = ['one', 'other'] as const;
type Name = (typeof NAMES)[number];

const LETTERS = 8;

type Append = {
  readonly to: Name;
  readonly letter: 'a' | 'b';
  /** Where in the text the letter is that differs. */
  readonly at: number;
  /** Makes the text longer, so that its end falls on another byte of a word. */
  readonly more: number;
};

const append: fc.Arbitrary<Append> = fc.record({
  to: fc.constantFrom(...NAMES),
  letter: fc.constantFrom('a' as const, 'b' as const),
  // The last bytes are compared on their own.
  at: fc.oneof(
    { weight: 3, arbitrary: fc.constant(LETTERS - 1) },
    { weight: 1, arbitrary: fc.nat(LETTERS - 1) },
  ),
  more: fc.nat(3),
});

type Life = Readonly<Record<Name, EventStore>>;

const textOf = ({ letter, at, more }: Append): string =>
  `${'x'.repeat(more + at)}${letter}${'x'.repeat(LETTERS - 1 - at)}`;

const boot = async (env: SimulatedEnvironment): Promise<Life> => {
  // Few, so that a place is taken by another event and taken back.
  const decoded = new DecodedEvents(3);
  const open = (name: Name): Promise<EventStore> => openEventStore(env, `/data/${name}`, { decoded });
  return { one: await open('one'), other: await open('other') };
};

/** Resolves to the version of the event, which its id is made of. */
const send = async (stores: Life, command: Append): Promise<number> => {
  const store = stores[command.to];
  const version = Number(store.streamVersion('s')) + 1;
  await store.appendToStream('s', [{ type: 'Noted', data: textOf(command), messageId: `event-${version}` }]);
  return version;
};

const eachItsOwn: Invariant<Life, Append> = {
  name: 'each-its-own',
  statement: 'A store returns the events appended to it, also when other stores share its decoded events.',
  check: async ({ commands }: History<Append>, stores) => {
    // One of them again: what the other made of the shared events must not show.
    for (const name of [...NAMES, ...NAMES]) {
      const events = await stores[name].readAll();
      for (const { index, command, outcome } of commands) {
        if (outcome.status !== 'acknowledged' || command.to !== name) continue;
        const found = events[Number(outcome.result) - 1]?.data;
        if (found !== textOf(command))
          return `store ${name} gives ${JSON.stringify(found)} for the event of ${commandAt(index)}, which is ${JSON.stringify(textOf(command))}`;
      }
    }
    return undefined;
  },
};

const describe = (command: Append): string => `append ${textOf(command)} to store ${command.to}`;

export default defineSuite({
  name: 'shared-decoding',
  disk: 'synced-only',
  boot,
  commands: fc.array(append, { minLength: 2, maxLength: 8, size: 'max' }),
  perform: send,
  // An event that is sent again would be another one.
  unknown: 'abandon',
  shutdown: async ({ one, other }) => {
    await one.close();
    await other.close();
  },
  mustReach: [acknowledgedAndCrashed],
  invariants: [eachItsOwn, answered(describe)],
  describe,
});
