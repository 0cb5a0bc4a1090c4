/** What the examples of the ready-made invariants share: a log of orders, and a suite that checks one invariant over it. */
import {
  defineSuite,
  fc,
  type History,
  type Invariant,
  type Json,
  type Observation,
  type Observe,
  observation,
  type SimulatedEnvironment,
  type Suite,
  type SuiteDefinition,
} from 'powercut';
import {
  type AppendOptions,
  BEGINNING,
  type Environment,
  type EventStore,
  openEventStore,
} from 'powercut/store';

/** The log of a shop: each order is one event of the stream `orders`. */
export interface Log {
  readonly store: EventStore;
  /** Resolves to the event's position, once it is durable. The same id again changes nothing. */
  append(item: string, id: string, options?: AppendOptions): Promise<number>;
  /** All events, as the invariants see them. */
  read(): Promise<Observation['log']>;
  /** The position of the last event. */
  head(): number;
}

/** A shop has a log, and whatever else an example adds. */
export interface Shop {
  readonly log: Log;
}

/** Opens the log on the disk of the environment. */
export const openLog = async (env: Environment): Promise<Log> => {
  const store = await openEventStore(env, '/shop');
  return {
    store,
    append: async (item, id, options) => {
      const event = { type: 'ordered', data: { item }, messageId: id };
      const { lastEventGlobalPosition } = await store.appendToStream('orders', [event], options);
      return Number(lastEventGlobalPosition);
    },
    read: async () =>
      (await store.readAll()).map(({ type, data, metadata }) => ({
        type,
        data,
        messageId: metadata.messageId,
        streamName: metadata.streamName,
        streamPosition: Number(metadata.streamPosition),
        globalPosition: Number(metadata.globalPosition),
        system: false,
      })),
    head: () => (store.head() === BEGINNING ? 0 : Number(store.head())),
  };
};

/** One file that a power cut leaves either as it was or as it is to be. */
export const openFile = async <Content extends Json>({ fs }: Environment, path: string, initial: Content) => {
  const sync = async (name: string): Promise<void> => {
    const file = await fs.open(name, 'r');
    await file.sync();
    await file.close();
  };
  const text = await fs.readFile(path, 'utf8').catch(() => '');
  // A killed process may have left it in the page cache only, where a power cut would still take it back.
  if (text !== '') await sync('/');
  let content: Content = text === '' ? initial : JSON.parse(text);
  return {
    get content(): Content {
      return content;
    },
    /** Durable when it resolves, unless `isDurable` is false: then a power cut can bring the old content back. */
    save: async (next: Content, isDurable = true): Promise<void> => {
      content = next;
      await fs.writeFile(`${path}.new`, JSON.stringify(next));
      await sync(`${path}.new`);
      await fs.rename(`${path}.new`, path);
      if (isDurable) await sync('/');
    },
  };
};

/** What an acknowledged order returns. */
export interface Placed {
  readonly position: number;
}

/** The parts in which the examples differ. */
export interface Parts<System extends Shop>
  extends Pick<SuiteDefinition<System, string, Placed>, 'clients' | 'unknown'> {
  readonly name: string;
  readonly boot: (env: SimulatedEnvironment) => Promise<System>;
  readonly place: (shop: System, item: string, id: string) => Promise<Placed>;
  readonly settle?: (shop: System) => Promise<void>;
  /** What the invariant needs to see, besides the log and the answers. */
  readonly seen?: (
    shop: System,
    history: History<string>,
  ) => Partial<Observation> | Promise<Partial<Observation>>;
  readonly invariant: (observe: Observe<System, string>) => Invariant<System, string>;
}

const claimsOf = ({ commands }: History<string>): Observation['claims'] =>
  commands.map(({ index, command, outcome }) => {
    if (outcome.status !== 'acknowledged') return { command: index, status: outcome.status, events: [] };
    const { position } = outcome.result as Placed; // `place` returns it
    const promised = {
      type: 'ordered',
      data: { item: command },
      streamName: 'orders',
      streamPosition: position,
      globalPosition: position,
    };
    return { command: index, status: outcome.status, events: [promised] };
  });

const NO_HISTORY: History<string> = {
  commands: [],
  effects: [],
  effectCounts: [],
  observed: undefined,
  crashes: 0,
};

/** A suite that sends up to three orders to a shop, and checks one invariant. */
export const shopSuite = <System extends Shop>(parts: Parts<System>): Suite => {
  const { name, boot, place, settle, seen = () => ({}), invariant, ...others } = parts;
  const observe = async (shop: System, history: History<string>): Promise<Observation> => ({
    ...observation.NOTHING_OBSERVED,
    log: await shop.log.read(),
    claims: claimsOf(history),
    ...(await seen(shop, history)),
  });
  return defineSuite({
    name,
    boot,
    commands: fc.array(fc.constantFrom('tea', 'milk'), { minLength: 1, maxLength: 3 }),
    perform: (shop, item, { index }) => place(shop, item, `order-${index}`),
    ...(settle === undefined ? {} : { settle }),
    observe: async (shop) => observation.remember(await observe(shop, NO_HISTORY)),
    describe: (item) => `order ${item}`,
    invariants: [invariant(observe)],
    ...others,
  });
};
