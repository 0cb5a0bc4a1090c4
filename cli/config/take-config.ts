/** Gives a command the settings of a config file, where the command line does not say otherwise. */
import { type Command, InvalidArgumentError, type Option } from 'commander';
import { UsageError } from '../usage-error.js';
import { type LoadedConfig, loadConfig } from './load-config.js';

const shown = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value));

/** A value as the command line would have made it of a word. @throws UsageError CONFIG_INVALID */
const parsed = (option: Option, value: unknown, file: string): unknown => {
  const name = option.attributeName();
  const refused = (why: string): UsageError =>
    new UsageError('CONFIG_INVALID', `'${file}': '${name}' is ${shown(value)}. ${why}`);
  if (option.isBoolean() || option.negate) {
    if (typeof value === 'boolean') return value;
    throw refused('Expected true or false.');
  }
  if (option.optional && typeof value === 'boolean') return value ? option.presetArg : undefined;
  if (typeof value !== 'string' && typeof value !== 'number') throw refused('Expected a text or a number.');
  try {
    return option.parseArg === undefined ? String(value) : option.parseArg(String(value), undefined);
  } catch (thrown) {
    throw thrown instanceof InvalidArgumentError ? refused(thrown.message) : thrown;
  }
};

const apply = (command: Command, { file, settings }: LoadedConfig): void => {
  for (const option of command.options) {
    const name = option.attributeName();
    const value = settings.get(name);
    const source = command.getOptionValueSource(name);
    if (value === undefined || (source !== undefined && source !== 'default')) continue;
    command.setOptionValueWithSource(name, parsed(option, value, file), 'config');
  }
};

/**
 * Adds `--config` to a command. Before its action it reads the file, and sets the options that the command line left out. Returns which
 * suites to take, given those of the command line.
 *
 * @param takes 'suites' for a command whose options are not those of `run`, though some have the same names
 */
export const takeConfig = (
  command: Command,
  directory: string,
  takes: 'all' | 'suites' = 'all',
): ((names: readonly string[]) => readonly string[]) => {
  let suites: readonly string[] = [];
  command
    .option('--config <file>', 'read this config file (default: powercut.config.* in this directory)')
    .option('--no-config', 'read no config file')
    .hook('preAction', async () => {
      const { config } = command.opts<{ readonly config?: string | false }>();
      const loaded = config === false ? undefined : await loadConfig(directory, config);
      if (loaded === undefined) return;
      suites = loaded.suites;
      if (takes === 'all') apply(command, loaded);
    });
  return (names) => (names.length > 0 ? names : suites);
};
