/** Where calls were made, in the words of a story. */
import { basename, dirname, relative } from 'node:path';
import { placeOf } from '../trace/call-site.js';
import type { Step } from '../trace/step.js';

const fileOf = (site: string): string => placeOf(site)?.file ?? site;

/** A file with the folder it is in, unless that is the one we are in. */
const inWords = (site: string): string => {
  const fromHere = relative(process.cwd(), site);
  return fromHere.includes('/') ? site.replace(/^.*\/(?=[^/]+\/[^/]+$)/, '') : fromHere;
};

/**
 * A file that makes calls for several others is a helper, and says little of why a call was made: whoever it was made
 * for is named first. That is the nearest file outwards which makes calls of its own, too, or else the nearest.
 */
export class Sites {
  private readonly askers = new Map<string, Set<string>>();

  /** @param steps all those of a run: who helps whom shows in them */
  constructor(steps: Iterable<Step>) {
    for (const { site, askedBy } of steps) {
      if (site === undefined) continue;
      const known = this.askers.get(fileOf(site)) ?? new Set();
      this.askers.set(fileOf(site), known);
      if (askedBy[0] !== undefined) known.add(fileOf(askedBy[0]));
    }
  }

  /** ' (event-store/log.ts:120 through files.ts:56)', ' (event-store/log.ts:120)'; '' where nobody knows. */
  of({ site, askedBy }: Step): string {
    if (site === undefined) return '';
    const isHelper = (this.askers.get(fileOf(site))?.size ?? 0) > 1;
    const asker = askedBy.find((place) => this.askers.has(fileOf(place))) ?? askedBy[0];
    if (!isHelper || asker === undefined) return ` (${inWords(site)})`;
    const isNeighbour = dirname(site) === dirname(asker);
    return ` (${inWords(asker)} through ${isNeighbour ? basename(site) : inWords(site)})`;
  }
}
