/** `powercut-store`: looks at the log of an event store, prints it, repairs it. For the person on call. */
import { Command, CommanderError } from 'commander';
import { harmless } from '../../reports/format.js';
import type { Environment } from '../../src/environment.js';
import {
  type Damage,
  type Examination,
  examineLog,
  GIVEN_UP_DIRECTORY,
  type RecordedEvent,
  repairLog,
  StreamNotFoundError,
} from '../../src/event-store/index.js';
import { lockDirectory } from '../../src/event-store/log/directory-lock.js';
import { errorCode } from '../../src/thrown.js';

export interface StoreContext {
  readonly environment: Environment;
  readonly print: (line: string) => void;
  /** Resolves when the reader of the output has caught up. */
  readonly keptUp: () => Promise<void>;
  readonly complain: (line: string) => void;
}

const SOUND = 0;
const DAMAGED = 1;
export const USAGE = 2;
type ExitCode = typeof SOUND | typeof DAMAGED | typeof USAGE;

const EXIT_CODES_HELP = `
Exit codes: 0 the log is sound, 1 it is damaged (or was, before a repair), 2 wrong usage, or the log can't be read.`;

/** Runs one command; never throws. Texts of the log and paths control neither the reader's terminal nor a CI server. */
export const runStoreCli = async (args: readonly string[], raw: StoreContext): Promise<ExitCode> => {
  const context: StoreContext = {
    ...raw,
    print: (line) => raw.print(harmless(line)),
    complain: (line) => raw.complain(harmless(line)),
  };
  let exitCode: ExitCode = SOUND;
  const trimmed = (write: (line: string) => void) => (text: string) => write(text.trimEnd());
  const program = new Command('powercut-store')
    .description('Looks at the log of an event store, prints its events, repairs it.')
    .addHelpText('after', EXIT_CODES_HELP);
  const add = (command: Command): void => {
    program.addCommand(command.copyInheritedSettings(program));
  };
  program.exitOverride().configureOutput({
    writeOut: trimmed(context.print),
    writeErr: trimmed(context.complain),
  });
  add(
    new Command('verify')
      .description('reads every byte of the log, changes nothing, and says what is wrong with it')
      .argument('<directory>', "the store's directory")
      .option('--json', 'print the findings as JSON')
      .action(async (directory: string, options: { readonly json?: boolean }) => {
        exitCode = await verify(directory, options.json === true, context);
      }),
  );
  add(
    new Command('dump')
      .description('prints the events, one JSON document a line, in front of any damage and between damages')
      .argument('<directory>', "the store's directory")
      .option('--stream <name>', 'only the events of this stream')
      .action(async (directory: string, options: { readonly stream?: string }) => {
        exitCode = await dump(directory, options.stream, context);
      }),
  );
  add(
    new Command('repair')
      .description('makes a damaged log open again by giving up everything from the first damage on')
      .argument('<directory>', "the store's directory; no store may have it open")
      .option('--give-up', `do it: without this only what would be lost is said`)
      .action(async (directory: string, options: { readonly giveUp?: boolean }) => {
        exitCode = await repair(directory, options.giveUp === true, context);
      }),
  );
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? SOUND : USAGE;
    const message = error instanceof Error ? error.message : String(error);
    const code = errorCode(error);
    context.complain(`powercut-store: ${message}${code === undefined ? '' : ` (${code})`}`);
    return USAGE;
  }
  return exitCode;
};

const verify = async (directory: string, json: boolean, context: StoreContext): Promise<ExitCode> => {
  const found = await examineLog(context.environment.fs, directory);
  if (json) context.print(JSON.stringify(found, undefined, 2));
  else for (const line of describe(found)) context.print(line);
  return found.damages.length === 0 ? SOUND : DAMAGED;
};

const describe = ({ segments, events, streams, damages, tornTail }: Examination): string[] => [
  ...segments.map(({ file, events: own, bytes, compacted, indexFile }) => {
    const index = indexFile === 'unusable' ? ', index file missing or not whole (the log will be read)' : '';
    return `${file}: ${own} events, ${bytes} bytes${compacted ? ', compacted' : ''}${index}`;
  }),
  ...(tornTail === undefined
    ? []
    : [
        `${tornTail.file}: from byte ${tornTail.offset} an unacknowledged write, torn; cut at the next opening`,
      ]),
  ...damages.map(describeDamage),
  ...(damages.length === 0
    ? [`Sound: ${events} events in ${streams} streams.`]
    : [
        `DAMAGED in ${damages.length} places: ${events} events in ${streams} streams can be read.`,
        WHAT_TO_DO,
      ]),
];

const WHAT_TO_DO =
  'Restore the log from a backup. Without one: repair says what would be lost, repair --give-up gives it up; dump ' +
  'prints what can be read, also after the damage.';

const describeDamage = ({ file, offset, what }: Damage): string =>
  `${file}: DAMAGED at byte ${offset}: ${what}`;

const dump = async (
  directory: string,
  stream: string | undefined,
  context: StoreContext,
): Promise<ExitCode> => {
  let seen = false;
  const { fs } = context.environment;
  const onEvent = (event: RecordedEvent): void => {
    if (stream !== undefined && event.metadata.streamName !== stream) return;
    seen = true;
    context.print(toLine(event));
  };
  const { damages } = await examineLog(fs, directory, onEvent, context.keptUp);
  for (const damage of damages) context.complain(describeDamage(damage));
  if (!seen && stream !== undefined && damages.length === 0) throw new StreamNotFoundError(stream);
  return damages.length === 0 ? SOUND : DAMAGED;
};

/** Positions as decimal text: JSON has no 64-bit integers. */
const toLine = (event: RecordedEvent): string =>
  JSON.stringify(event, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));

const repair = async (directory: string, giveUp: boolean, context: StoreContext): Promise<ExitCode> => {
  const { fs } = context.environment;
  await fs.readdir(directory); // A directory that is not there is an error, and must not be made.
  const lock = await lockDirectory(context.environment, directory);
  try {
    const before = await examineLog(fs, directory);
    const damage = before.damages[0];
    if (damage === undefined) {
      context.print('Sound: there is nothing to repair.');
      return SOUND;
    }
    context.print(describeDamage(damage));
    if (!giveUp) {
      context.print(
        'Restore the log from a backup. Without one: repair --give-up gives up all from there on.',
      );
      return DAMAGED;
    }
    await repairLog(fs, directory);
    const after = await examineLog(fs, directory);
    context.print(`Gave up ${before.events - after.events} readable events and all unreadable bytes.`);
    context.print(
      `${after.events} events are left. ${directory}/${GIVEN_UP_DIRECTORY} keeps the files that held the others.`,
    );
    return DAMAGED;
  } finally {
    await lock.release();
  }
};
