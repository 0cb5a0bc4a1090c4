/** The way of one command through the program, step by step, with what a power cut in each gap did. */

import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DiskModel } from '../disk/models.js';
import type { Coverage, PathStep, Site } from '../result.js';
import { placeOf } from '../trace/call-site.js';
import { describeStep } from '../trace/step.js';
import { Frontier } from './crash-states.js';
import type { Exhausted, Gap } from './exhaustive.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const siteOf = (text: string | undefined, operation: string): Site | undefined => {
  const place = placeOf(text);
  if (place === undefined) return undefined;
  const file = relative(place.file.startsWith(ROOT) ? ROOT : process.cwd(), place.file);
  return { file, line: place.line, operation };
};

/**
 * After a sync of all there was, a cut leaves one disk only. It is no new one (it was legal before the sync, and was
 * checked there), so the exploration has no gap of its own for it; the way shows what came of it all the same.
 */
const certainGap = (frontier: Frontier, at: number): readonly Gap[] => {
  if (frontier.volatile.length > 0) return [];
  const state = frontier.state(at, [], 'zero');
  return state === undefined ? [] : [{ at, legal: 1, keys: [state.key] }];
};

/** The steps of the explored workload's first life that changed something, each with the gap right after it. */
export const pathOf = ({ first, gaps, brokenByKey }: Exhausted, model: DiskModel): PathStep[] => {
  const { steps, journal } = first.world;
  const frontier = new Frontier(first.start.image, first.start.history, model);
  let passed = 0;
  const path: PathStep[] = [];
  steps.forEach((step, index) => {
    for (; passed < step.entriesEnd; passed++) {
      const entry = journal.entries[passed];
      if (entry !== undefined) frontier.pass(entry);
    }
    if (step.entriesEnd === step.entriesStart) return;
    const fresh = gaps.filter(
      ({ at, legal }) => legal > 0 && at > step.entriesStart && at <= step.entriesEnd,
    );
    const inGap = fresh.length > 0 ? fresh : certainGap(frontier, step.entriesEnd);
    const keys = new Set(inGap.flatMap((gap) => gap.keys));
    const broken = [...keys].map((key) => brokenByKey.get(key) ?? []).filter((names) => names.length > 0);
    const site = siteOf(step.site, step.operation);
    path.push({
      step: index + 1,
      operation: step.operation,
      label: describeStep(step),
      ...(site === undefined ? {} : { site }),
      gap: {
        images: inGap.reduce((sum, { legal }) => sum + legal, 0),
        checked: keys.size,
        violated: broken.length,
        invariants: [...new Set(broken.flat())].sort(),
      },
    });
  });
  return path;
};

/** A call site, and whether the power was cut at it. */
export interface CutSite {
  readonly key: string;
  readonly site: Site;
  readonly covered: boolean;
}

/** Collects the sites at which the power was cut, over explorations whose first life recorded its call sites. */
export class SiteCoverage {
  readonly sites = new Map<string, CutSite>();

  add({ first, gaps }: Exhausted): void {
    const places = new Set(gaps.filter(({ legal }) => legal > 0).map(({ at }) => at));
    for (const step of first.world.steps) {
      const site = siteOf(step.site, step.operation);
      if (site === undefined || step.entriesEnd === step.entriesStart) continue;
      let cut = false;
      for (let at = step.entriesStart; at <= step.entriesEnd; at++) cut ||= places.has(at);
      const key = `${site.file}:${site.line}:${site.operation}`;
      const known = this.sites.get(key);
      this.sites.set(key, { key, site, covered: cut || known?.covered === true });
    }
  }
}

export const shareOf = (sites: readonly CutSite[]): Coverage['sites'] => {
  const all = [...sites].sort((a, b) => (a.key < b.key ? -1 : 1));
  const sitesWhere = (wanted: boolean): Site[] =>
    all.filter(({ covered }) => covered === wanted).map(({ site }) => site);
  const [cut, uncovered] = [sitesWhere(true), sitesWhere(false)];
  return { covered: cut.length, total: all.length, cut, uncovered };
};
