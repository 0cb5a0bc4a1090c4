/** Where calls were made, in the words of a story. */
import { basename, dirname, relative } from 'node:path';
import { placeOf } from '../trace/call-site.js';
import type { Step } from '../trace/step.js';

const fileOf = (site: string): string => placeOf(site)?.file ?? site;

/** A file as people speak of it: of a package by its name, otherwise with the folder it is in, unless we are there. */
const inWords = (site: string): string => {
  const [, inPackage] = /.*\/node_modules\/(.+)$/.exec(site) ?? [];
  if (inPackage !== undefined) return inPackage;
  const fromHere = relative(process.cwd(), site);
  return fromHere.includes('/') ? site.replace(/^.*\/(?=[^/]+\/[^/]+$)/, '') : fromHere;
};

/**
 * A file that makes calls for several others is a helper, and says little of why a call was made: whoever it was made for
 * is named first. That is the nearest file outwards that is no helper, or else the nearest.
 */
export class Sites {
  private readonly askers = new Map<string, Set<string>>();

  /** @param steps all those of a run: who helps whom shows in them */
  constructor(steps: Iterable<Step>) {
    for (const { site, askedBy } of steps) {
      const way = site === undefined ? [] : [site, ...askedBy].map(fileOf);
      for (const [place, file] of way.entries()) {
        const asker = way[place + 1];
        if (asker !== undefined) this.askers.set(file, (this.askers.get(file) ?? new Set()).add(asker));
      }
    }
  }

  private isHelper(place: string): boolean {
    return (this.askers.get(fileOf(place))?.size ?? 0) > 1;
  }

  /** ' (event-store/log.ts:120 through files.ts:56)', ' (event-store/log.ts:120)'; '' where nobody knows. */
  of({ site, askedBy }: Step): string {
    if (site === undefined) return '';
    const asker = askedBy.find((place) => !this.isHelper(place)) ?? askedBy[0];
    if (!this.isHelper(site) || asker === undefined) return ` (${inWords(site)})`;
    const isNeighbour = dirname(site) === dirname(asker);
    return ` (${inWords(asker)} through ${isNeighbour ? basename(site) : inWords(site)})`;
  }
}
