/** What the programs with rare faults are made of: files that are there or not, and a suite around them. */
import type * as fc from 'fast-check';
import type { Json, SimulatedEnvironment, Suite, SuiteDefinition } from '../../sim/suite/suite.js';

type Fs = SimulatedEnvironment['fs'];

/** A program: what it does when it starts, and for a command. It breaks by making the file `/broken`. */
export interface Program<Command> {
  readonly start?: (fs: Fs, environment: SimulatedEnvironment) => Promise<void>;
  readonly act: (fs: Fs, command: Command, environment: SimulatedEnvironment) => Promise<void>;
}

export const exists = (fs: Fs, path: string): Promise<boolean> =>
  fs.access(path).then(
    () => true,
    () => false,
  );

export const make = (fs: Fs, path: string, text = ''): Promise<void> => fs.writeFile(path, text);

export const remove = (fs: Fs, path: string): Promise<void> => fs.rm(path, { force: true });

/** Writes a file, and what it takes to find it again after a power cut. */
export const makeDurably = async (fs: Fs, path: string, text: string): Promise<void> => {
  const file = await fs.open(path, 'w');
  await file.writeFile(text);
  await file.sync();
  await file.close();
  await syncRoot(fs);
};

export const syncRoot = async (fs: Fs): Promise<void> => {
  const root = await fs.open('/', 'r');
  await root.sync();
  await root.close();
};

/** The first of these names that is no file. */
export const firstMissing = async (fs: Fs, paths: readonly string[]): Promise<number> => {
  for (const [index, path] of paths.entries()) if (!(await exists(fs, path))) return index;
  return paths.length;
};

interface System {
  readonly act: (command: Json) => Promise<void>;
  readonly isBroken: () => Promise<boolean>;
}

export type RareSuite = Pick<SuiteDefinition<unknown, Json>, 'disk' | 'clients' | 'faults'> & {
  readonly name: string;
};

/** The suite of a program whose fault makes `/broken`. */
export const suiteOf = <Command extends Json>(
  { name, ...options }: RareSuite,
  commands: fc.Arbitrary<readonly Command[]>,
  { start, act }: Program<Command>,
): Suite => {
  const suite: SuiteDefinition<System, Command> = {
    name,
    ...options,
    boot: async (environment) => {
      const { fs } = environment;
      await start?.(fs, environment);
      return {
        act: (command) => act(fs, command as Command, environment), // as `commands` makes them
        isBroken: () => exists(fs, '/broken'),
      };
    },
    commands: commands.map((list) => [...list]),
    perform: (system, command) => system.act(command),
    unknown: 'abandon',
    invariants: [
      {
        name: 'whole',
        statement: 'The program never breaks.',
        check: async (_history, system) => ((await system.isBroken()) ? 'it is broken' : undefined),
      },
    ],
  };
  return suite as unknown as Suite; // a suite of any system
};
