/**
 * `powercut/vitest-reporter`: writes the report of all suites that a `vitest run` explored, the same files as
 * `powercut run` does. Results travel in each test's `meta`, which Vitest's blob reports keep: so a sharded run that
 * is merged (`vitest --merge-reports`) has one report, too.
 *
 * @module
 */
import { resolve } from 'node:path';
import type { Reporter, TestModule, TestRunEndReason, Vitest } from 'vitest/node';
import { prepareOutputs } from '../cli/output/atomic-outputs.js';
import { renderReportFiles } from '../reports/formats/report-files.js';
import { combineResults } from '../sim/explore/campaign/combine-results.js';
import type { SuiteResult } from '../sim/result/result.js';
import type {} from './vitest.js';

/** Where the reporter writes. */
export interface PowercutReporterOptions {
  /** The directory of the report, from Vitest's root. Default: 'reports/out'. */
  readonly out?: string;
}

const suitesOf = (modules: readonly TestModule[]): readonly SuiteResult[] => {
  const named = new Map<string, SuiteResult>();
  // Whichever worker or shard was first: the report is in the order of the files.
  const ordered = [...modules].sort((a, b) => (a.relativeModuleId < b.relativeModuleId ? -1 : 1));
  for (const module of ordered) {
    for (const test of module.children.allTests()) {
      const result = test.meta().powercut;
      if (result === undefined) continue;
      // Names distinguish suites: one that is tested twice gets a count.
      let name = result.name;
      for (let count = 2; named.has(name); count++) name = `${result.name} (${count})`;
      named.set(name, { ...result, name });
    }
  }
  return [...named.values()];
};

/** Writes the report of all suites that a `vitest run` explored. List it among Vitest's `reporters`. */
export default class PowercutReporter implements Reporter {
  private vitest: Vitest | undefined;

  constructor(private readonly options: PowercutReporterOptions = {}) {}

  /** Called by Vitest before the first test. */
  onInit(vitest: Vitest): void {
    this.vitest = vitest;
  }

  /** Called by Vitest after the last test. Writes the report where at least one suite was explored. */
  async onTestRunEnd(
    modules: readonly TestModule[],
    _errors: readonly unknown[],
    reason: TestRunEndReason,
  ): Promise<void> {
    const suites = suitesOf(modules);
    const [first] = suites;
    if (this.vitest === undefined || first === undefined) return;
    const result = combineResults(suites, {
      seed: first.seed,
      seconds: suites.reduce((sum, { exploration }) => sum + exploration.seconds, 0),
      interrupted: reason === 'interrupted',
    });
    const directory = resolve(this.vitest.config.root, this.options.out ?? 'reports/out');
    const files = [...renderReportFiles(result)].map(
      ([name, text]) => [resolve(directory, name), text] as const,
    );
    const outputs = await prepareOutputs(files.map(([path]) => path));
    await outputs.write(new Map(files));
    this.vitest.logger.log(`Report: ${resolve(directory, 'index.html')}`);
  }
}
