/**
 * The command lines of the scripts for those who work on the project. `--help` prints the usage and ends with 0. A wrong
 * option prints one line, and ends with 2.
 */
import { Command, InvalidArgumentError } from 'commander';

const USAGE_ERROR = 2;

/** The command `npm run <script> --`. Give it options, parse, and it comes back only if there is something to do. */
export const commandOf = (script: string, does: string): Command =>
  new Command(`npm run ${script} --`)
    .description(does)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE_ERROR));

/** Takes a whole number of an option, from `least` to `most`. */
export const wholeNumber =
  (least = 0, most = 0x7fff_ffff) =>
  (text: string): number => {
    const number = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(number) || number < least || number > most)
      throw new InvalidArgumentError(`Give a whole number from ${least}.`);
    return number;
  };

/** Takes an option that may be given several times. */
export const several = (text: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  text,
];
