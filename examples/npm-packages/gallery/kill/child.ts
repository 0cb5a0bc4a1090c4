/**
 * A process that uses a package of the gallery on a real directory. `use` sends it commands until it is killed, and says which are
 * acknowledged. `look` opens the store again and says what its suite finds broken.
 */
import { writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { History, Json, SimulatedEnvironment } from 'powercut';
import { thrownText } from '../../../../sim/util/errors.js';
import { DIRECTORY } from '../load.js';
import { ENTRIES } from '../verdicts.js';
import { killAtOpening } from './hook.js';

/** What the parent hands over, as JSON. The directory is in POWERCUT_GALLERY_DIRECTORY. */
export type ChildTask =
  | {
      readonly kind: 'use';
      readonly suite: string;
      readonly commands: readonly Json[];
      readonly killAt: number;
    }
  | { readonly kind: 'look'; readonly suite: string; readonly history: History<Json, Json, Json, Json> };

/** What `look` says: the broken invariants, by name. */
export type Broken = Readonly<Record<string, string>>;

const STDOUT = 1;
const say = (line: string): void => void writeSync(STDOUT, `${line}\n`);

/** These suites use nothing of it: their packages import node:fs. */
const NO_ENVIRONMENT = {} as SimulatedEnvironment;

const suiteOf = (name: string) => {
  const found = ENTRIES.find(({ suite }) => suite.name === name);
  if (found === undefined) throw new Error(`There is no suite '${name}'.`);
  return found.suite;
};

const use = async ({ suite: name, commands, killAt }: Extract<ChildTask, { kind: 'use' }>): Promise<void> => {
  const suite = suiteOf(name);
  await suite.prepare?.(NO_ENVIRONMENT);
  killAtOpening(dirname(DIRECTORY), killAt);
  const store = await suite.boot(NO_ENVIRONMENT);
  for (const [index, command] of commands.entries()) {
    await suite.perform(store, command, { index, attempt: 1 });
    say(`acknowledged ${index}`);
  }
};

const look = async ({ suite: name, history }: Extract<ChildTask, { kind: 'look' }>): Promise<Broken> => {
  const { boot, invariants } = suiteOf(name);
  const broken: Record<string, string> = {};
  let store: unknown;
  try {
    store = await boot(NO_ENVIRONMENT);
  } catch (error) {
    return { recovers: thrownText(error) };
  }
  for (const { name: invariant, check } of invariants) {
    const answer = await check(history, store, 'recovered');
    if (answer !== undefined) broken[invariant] = typeof answer === 'string' ? answer : answer.message;
  }
  return broken;
};

const task = JSON.parse(process.argv[2] ?? '') as ChildTask; // by kill.ts, which types it
if (task.kind === 'use') await use(task);
else say(JSON.stringify(await look(task)));
// Some packages keep timers.
process.exit(0);
