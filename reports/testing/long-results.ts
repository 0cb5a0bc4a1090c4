/** Results as long as they come: what must still open at once. */
import type { CampaignResult, ReplayResult } from '../../sim/result/result.js';
import { sixDesigns, twoLives } from '../fixtures/results.js';

const STEPS = 50_000;
const POINTS = 10_000;
const PHASES = ['before', 'middle', 'after'] as const;

/** A replay of five lives of 10,000 steps each. */
export const manySteps = (): ReplayResult => {
  const [entry] = twoLives().trace.slice(1);
  if (entry === undefined) throw new Error('The fixture has a second step.');
  const trace = Array.from({ length: STEPS }, (_, index) => ({
    ...entry,
    life: 1 + Math.floor(index / 10_000),
    step: 1 + (index % 10_000),
    label: `write ${index % 400} B to /data/log at ${index}`,
  }));
  return { ...twoLives(), trace };
};

/** One suite with 10,000 crash points: as many steps on its way, and a third as many call sites, each cut at three moments. */
export const manyPoints = (): CampaignResult => {
  const [suite] = sixDesigns().suites;
  const [step] = suite?.coverage.path ?? [];
  const [row] = suite?.coverage.survivors.slice(1) ?? [];
  if (suite === undefined || step === undefined || row === undefined)
    throw new Error('The fixture has a way.');
  const sites = Array.from({ length: Math.ceil(POINTS / PHASES.length) }, (_, index) => ({
    file: `src/part-${index % 40}/file.ts`,
    line: 1 + index,
    operation: 'write',
  }));
  const points = sites.flatMap((site) => PHASES.map((phase) => ({ ...site, phase }))).slice(0, POINTS);
  const [cut, uncovered] = [points.slice(0, 9_000), points.slice(9_000)];
  const coverage = {
    ...suite.coverage,
    sites: { covered: cut.length, total: points.length, cut, uncovered },
    survivors: sites.map((site) => ({ ...row, ...site })),
    path: points.map((site, index) => ({ ...step, step: index + 1, site })),
  };
  return { ...sixDesigns(), suites: [{ ...suite, coverage }] };
};
