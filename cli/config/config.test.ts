import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GivenRunOptions, runProgram } from '../commands/run-options.js';
import { type PowercutConfig, SETTING_NAMES } from './config.js';
import { takeConfig } from './take-config.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'powercut-config-'));
});
afterEach(() => rm(directory, { recursive: true }));

const write = (file: string, text: string): Promise<void> => writeFile(join(directory, file), text);
const writeJson = (config: unknown): Promise<void> => write('powercut.config.json', JSON.stringify(config));

/** What `run` gets of a command line. */
const run = async (...words: readonly string[]) => {
  let got: { readonly names: readonly string[]; readonly options: GivenRunOptions } | undefined;
  const command = runProgram().exitOverride();
  const suites = takeConfig(command, directory);
  command.action((names: string[], options: GivenRunOptions) => {
    got = { names: suites(names), options };
  });
  await new Command().addCommand(command).parseAsync(['run', ...words], { from: 'user' });
  if (got === undefined) throw new Error('The action did not run.');
  return got;
};

/** Options that no config file sets: they belong to one call. */
const OF_A_CALL = ['commit', 'grep', 'shard', 'watch', 'config', 'commands', 'depth', 'time'];

describe('loadConfig and takeConfig', () => {
  it('has a setting for each option of run, but for those of one call', () => {
    const options = new Set(runProgram().options.map((option) => option.attributeName()));
    expect([...options].filter((name) => !OF_A_CALL.includes(name)).sort()).toEqual(
      SETTING_NAMES.filter((name) => name !== 'suites').sort(),
    );
  });

  it('gives the defaults of run, as the command line would parse them, and its suites', async () => {
    const config: PowercutConfig = {
      suites: ['a', 'b'],
      runs: 7,
      timeLimit: '2m',
      strategy: 'pct:3',
      bail: true,
      corpus: false,
      clockJumps: false,
      report: 'out',
    };
    await writeJson(config);
    const { names, options } = await run();
    expect(names).toEqual(['a', 'b']);
    expect(options).toMatchObject({
      runs: 7,
      timeLimit: 120_000,
      strategy: { kind: 'pct', bound: 3 },
      bail: true,
      corpus: false,
      clockJumps: false,
      report: 'out',
      seed: 1,
    });
  });

  it.each([
    [true, '.powercut/history'],
    ['past', 'past'],
    [false, undefined],
  ])('takes the history %j', async (history, directory) => {
    await writeJson({ history });
    expect((await run()).options.history).toBe(directory);
    expect((await run('--history=other')).options.history).toBe('other');
  });

  it('yields to the command line', async () => {
    await writeJson({ suites: ['a'], runs: 7, workloads: 3, corpus: true, timeLimit: '2m' });
    const { names, options } = await run('c', '--runs', '9', '--no-corpus', '--time', '1m');
    expect(names).toEqual(['c']);
    expect(options).toMatchObject({ runs: 9, workloads: 3, corpus: false, time: 60_000 });
    const without = await run('--no-config');
    expect(without.names).toEqual([]);
    expect(without.options.runs).not.toBe(7);
  });

  it.each([
    ['powercut.config.ts', 'const config: { runs: number } = { runs: 7 };\nexport default config;'],
    ['powercut.config.mts', 'export default { runs: 7 as number };'],
    ['powercut.config.mjs', 'export default { runs: 7 };'],
    ['powercut.config.cjs', 'module.exports = { runs: 7 };'],
    ['powercut.config.json', '{ "runs": 7 }'],
  ])('is read from %s', async (file, text) => {
    await write(file, text);
    expect((await run()).options.runs).toBe(7);
  });

  it('may be another file, which the command line names', async () => {
    await write('powercut.config.json', '{ "runs": 1 }');
    await write('ci.json', '{ "runs": 2 }');
    expect((await run('--config', 'ci.json')).options.runs).toBe(2);
    await write('powercut.config.mjs', '');
    await expect(run()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining("'powercut.config.json' and 'powercut.config.mjs'"),
    });
  });

  it.each([
    [{ worklods: 1 }, "has an unknown setting 'worklods'. Did you mean 'workloads'?"],
    [{ zzzzzzzzzzzz: 1 }, 'The settings are suites, seed, '],
    [{ depth: 1 }, "unknown setting 'depth'"],
    [{ runs: -1 }, "'runs' is -1. Expected a whole number from 0 on."],
    [{ runs: [1] }, "'runs' is [1]. Expected a text or a number."],
    [{ bail: 'yes' }, "'bail' is 'yes'. Expected true or false."],
    [{ disk: 'ext5' }, "'disk' is 'ext5'. Expected one of: process-kill, "],
    [{ suites: 'a' }, "'suites' is no list of texts."],
    [[], 'has no settings: export an object as default.'],
    [null, 'has no settings'],
  ])('is refused as %j', async (config, message) => {
    await writeJson(config);
    await expect(run()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(message),
    });
  });

  it('is refused where it can not be read', async () => {
    await expect(run('--config', 'none.json')).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
      message: expect.stringContaining("Cannot read config file 'none.json': ENOENT"),
    });
    await write('powercut.config.mjs', 'throw new Error("boom");');
    await expect(run()).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
      message: expect.stringContaining('boom'),
    });
  });
});
