/** Finds the config file of a directory and reads it. */
import { readdir, readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isRecord } from '../../sim/util/is-record.js';
import { didYouMean } from '../loading/suite-paths.js';
import { messageOf, UsageError } from '../usage-error.js';
import { SETTING_NAMES } from './config.js';

const CONFIG_FILE = /^powercut\.config\.(?:[cm]?[jt]s|json)$/;

export interface LoadedConfig {
  /** As the command line or the directory named it. */
  readonly file: string;
  readonly suites: readonly string[];
  /** By the names of options; the values are unchecked. */
  readonly settings: ReadonlyMap<string, unknown>;
}

/** The name of the config file here; undefined: there is none. @throws UsageError CONFIG_INVALID for two */
const configFileIn = async (directory: string): Promise<string | undefined> => {
  const names = await readdir(directory).catch(() => []);
  const [file, second] = names.filter((name) => CONFIG_FILE.test(name)).sort();
  if (second !== undefined)
    throw new UsageError(
      'CONFIG_INVALID',
      `'${file}' and '${second}' are both config files: remove one, or select one with --config.`,
    );
  return file;
};

/** What a config file exports as default. A CommonJS file's default arrives inside another one. */
const exportedBy = async (path: string): Promise<unknown> => {
  const extension = extname(path);
  if (extension === '.json') return JSON.parse(await readFile(path, 'utf8'));
  const { href } = pathToFileURL(path);
  const isTypeScript = /^\.[cm]?ts$/.test(extension);
  const module: unknown = isTypeScript
    ? await (await import('tsx/esm/api')).tsImport(href, import.meta.url)
    : await import(href);
  const value = isRecord(module) ? module.default : undefined;
  return isRecord(value) && 'default' in value ? value.default : value;
};

/** @throws UsageError CONFIG_INVALID */
const checked = (file: string, value: unknown): LoadedConfig => {
  if (!isRecord(value))
    throw new UsageError('CONFIG_INVALID', `'${file}' has no settings: export an object as default.`);
  const unknown = Object.keys(value).find((name) => !SETTING_NAMES.includes(name));
  if (unknown !== undefined) {
    const meant = didYouMean(unknown, SETTING_NAMES);
    const hint =
      meant === undefined ? `The settings are ${SETTING_NAMES.join(', ')}.` : `Did you mean '${meant}'?`;
    throw new UsageError('CONFIG_INVALID', `'${file}' has an unknown setting '${unknown}'. ${hint}`);
  }
  const { suites = [], ...settings } = value;
  if (!(Array.isArray(suites) && suites.every((suite) => typeof suite === 'string')))
    throw new UsageError('CONFIG_INVALID', `'${file}': 'suites' is no list of texts.`);
  return { file, suites, settings: new Map(Object.entries(settings)) };
};

/**
 * The config file that the command line names, or the one in the directory. Undefined: there is none.
 *
 * @throws UsageError CONFIG_UNREADABLE, CONFIG_INVALID
 */
export const loadConfig = async (
  directory: string,
  named: string | undefined,
): Promise<LoadedConfig | undefined> => {
  const file = named ?? (await configFileIn(directory));
  if (file === undefined) return undefined;
  const value = await exportedBy(resolve(directory, file)).catch((thrown: unknown) => {
    throw new UsageError('CONFIG_UNREADABLE', `Cannot read config file '${file}': ${messageOf(thrown)}`);
  });
  return checked(file, value);
};
