/** A counter kept in a file: the smallest program that a power cut can break, well and badly made. For tests. */
import * as fc from 'fast-check';
import type { SimulatedEnvironment, SuiteDefinition } from '../suite/suite.js';
import { errorCode } from '../util/errors.js';

export interface Counter {
  value(): number;
  increment(): Promise<number>;
}

type Fs = SimulatedEnvironment['fs'];

const writeNumber = async (fs: Fs, path: string, value: number, sync: boolean): Promise<void> => {
  const file = await fs.open(path, 'w');
  await file.writeFile(String(value));
  if (sync) await file.sync();
  await file.close();
};

const syncDirectory = async (fs: Fs, path: string): Promise<void> => {
  const directory = await fs.open(path, 'r');
  await directory.sync();
  await directory.close();
};

/** What each variant leaves out. `careful` leaves out nothing. */
export type Carelessness = 'careful' | 'no fsync' | 'no directory fsync' | 'in place';

const save = async (fs: Fs, value: number, carelessness: Carelessness): Promise<void> => {
  if (carelessness === 'in place') {
    await writeNumber(fs, '/data/counter', value, true);
    await syncDirectory(fs, '/data');
    return;
  }
  await writeNumber(fs, '/data/counter.new', value, carelessness !== 'no fsync');
  await fs.rename('/data/counter.new', '/data/counter');
  if (carelessness !== 'no directory fsync') await syncDirectory(fs, '/data');
};

const openCounter = async (fs: Fs, carelessness: Carelessness): Promise<Counter> => {
  await fs.mkdir('/data', { recursive: true });
  await syncDirectory(fs, '/');
  let value = 0;
  try {
    const text = await fs.readFile('/data/counter', 'utf8');
    if (!/^\d+$/.test(text)) throw new Error(`/data/counter holds ${JSON.stringify(text)}, not a number`);
    value = Number(text);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  return {
    value: () => value,
    increment: async () => {
      await save(fs, value + 1, carelessness);
      value += 1;
      return value;
    },
  };
};

type Increment = { readonly type: 'increment' };

export const counterSuite = (carelessness: Carelessness): SuiteDefinition<Counter, Increment> => ({
  name: `a counter survives power cuts (${carelessness})`,
  boot: (env) => openCounter(env.fs, carelessness),
  commands: fc.array(fc.constant<Increment>({ type: 'increment' }), { minLength: 1, maxLength: 6 }),
  perform: (counter) => counter.increment(),
  // A retry counts again: this program has no message ids.
  unknown: 'abandon',
  invariants: [
    {
      name: 'durability',
      statement:
        'Every acknowledged increment is counted, and no increment is counted that was not asked for.',
      check: (history, counter) => {
        const acknowledged = history.commands.filter(
          ({ outcome }) => outcome.status === 'acknowledged',
        ).length;
        const asked = history.commands.length;
        const value = counter.value();
        return value < acknowledged || value > asked
          ? `the counter says ${value}, but ${acknowledged} increments were acknowledged and ${asked} asked for`
          : undefined;
      },
    },
  ],
});
