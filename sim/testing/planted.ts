/**
 * Programs with one planted fault each, which shows only when several things come together, and their honest twins. For tests.
 */
import * as fc from 'fast-check';
import type { FaultPlan } from '../suite/fault-plan.js';
import type { SimulatedEnvironment, Suite, SuiteDefinition } from '../suite/suite.js';

type Fs = SimulatedEnvironment['fs'];

const suiteOf = <System, Command>(definition: SuiteDefinition<System, Command>): Suite =>
  definition as unknown as Suite; // the explorers hand its parts back to itself only

/** A flag file that is there or not. */
const isSet = async (fs: Fs, path: string): Promise<boolean> =>
  fs.access(path).then(
    () => true,
    () => false,
  );

interface Desk {
  readonly sign: () => Promise<string>;
  readonly look: () => Promise<string>;
}

const openDesk = ({ fs }: SimulatedEnvironment, isHonest: boolean): Desk => {
  let last: Promise<unknown> = Promise.resolve();
  const oneAtATime = <T>(act: () => Promise<T>): Promise<T> => {
    if (!isHonest) return act();
    const done = last.then(act);
    last = done.catch(() => undefined);
    return done;
  };
  return {
    // For a moment both files are there, which no observer may see.
    sign: () =>
      oneAtATime(async () => {
        await fs.rm('/signed', { force: true });
        await fs.mkdir('/draft', { recursive: true });
        await fs.writeFile('/signed', '');
        await fs.rmdir('/draft');
        return 'signed';
      }),
    look: () =>
      oneAtATime(async () => {
        const signed = await isSet(fs, '/signed');
        return signed && (await isSet(fs, '/draft')) ? 'both' : 'one';
      }),
  };
};

/** Two clients: one must look, twice, exactly between two steps of the other. */
export const inBetween = (isHonest: boolean): Suite =>
  suiteOf<Desk, 'sign' | 'look'>({
    name: `a desk where clients ${isHonest ? 'wait for' : 'see through'} each other`,
    boot: (env) => openDesk(env, isHonest),
    commands: fc.array(fc.constantFrom('sign' as const, 'look' as const), { minLength: 1, maxLength: 8 }),
    perform: (desk, command) => desk[command](),
    clients: 2,
    disk: 'process-kill',
    unknown: 'abandon',
    invariants: [
      {
        name: 'one or the other',
        statement: 'Nobody sees a draft that is signed.',
        check: ({ commands }, _desk, moment) =>
          // What a power cut leaves half done is another matter.
          moment === 'at-rest' &&
          commands.some(({ outcome }) => outcome.status === 'acknowledged' && outcome.result === 'both')
            ? 'a client saw both'
            : undefined,
      },
    ],
  });

interface Book {
  readonly lines: number;
  add(): Promise<void>;
}

const openBook = async ({ fs }: SimulatedEnvironment, isHonest: boolean): Promise<Book> => {
  const file = await fs.open('/book', 'a+');
  const directory = await fs.open('/', 'r');
  await directory.sync();
  await directory.close();
  let lines = (await file.readFile('utf8')).split('\n').filter((line) => line === 'line').length;
  let isBroken = false;
  return {
    get lines() {
      return lines;
    },
    add: async () => {
      if (isBroken) throw new Error('the book is closed');
      await file.writeFile('\nline\n');
      await file.sync().catch((error: unknown) => {
        isBroken = isHonest;
        if (isHonest) throw error;
      });
      lines += 1;
    },
  };
};

const BOOK_FAULTS: readonly FaultPlan[] = [
  { fault: 'delay', at: { operation: 'write' }, delayMs: 50 },
  { fault: 'failed-sync', at: { path: '/book' } },
];

/** A failed fsync and a power cut: neither does harm alone. */
export const lostLine = (isHonest: boolean): Suite =>
  suiteOf<Book, null>({
    name: `a book whose keeper ${isHonest ? 'closes it when' : 'does not mind that'} a sync fails`,
    boot: (env) => openBook(env, isHonest),
    commands: fc.array(fc.constant(null), { minLength: 1, maxLength: 8 }),
    perform: (book) => book.add(),
    unknown: 'abandon',
    faults: BOOK_FAULTS,
    invariants: [
      {
        name: 'durability',
        statement: 'Every acknowledged line is in the book.',
        check: ({ commands }, book) => {
          const done = commands.filter(({ outcome }) => outcome.status === 'acknowledged').length;
          return book.lines < done ? `${book.lines} of ${done} lines` : undefined;
        },
      },
    ],
  });

const LEASE_MS = 100;

/** A lease that runs out while the one call is under way that it was to cover. */
export const lateLease = (isHonest: boolean): Suite =>
  suiteOf<SimulatedEnvironment, null>({
    name: `a lease that is ${isHonest ? 'looked at again' : 'forgotten'} after the work`,
    boot: (env) => env,
    commands: fc.array(fc.constant(null), { minLength: 1, maxLength: 8 }),
    perform: async ({ fs, clock }) => {
      let isHeld = true;
      const cancel = clock.schedule(LEASE_MS, () => {
        isHeld = false;
      });
      await fs.access('/');
      const before = isHeld;
      await fs.access('/');
      cancel();
      if (isHonest && !isHeld) throw new Error('the lease ran out');
      return { before, after: isHeld };
    },
    disk: 'process-kill',
    unknown: 'abandon',
    invariants: [
      {
        name: 'held throughout',
        statement: 'Whoever is told that the work is done held the lease to its end.',
        check: ({ commands }) =>
          commands.some(
            ({ outcome }) =>
              outcome.status === 'acknowledged' && (outcome.result as { after: boolean }).after === false, // what `perform` resolves to
          )
            ? 'it was done without the lease'
            : undefined,
      },
    ],
  });
