/** Where calls were made, in the words of a story. */
import { basename, dirname, relative } from 'node:path';
import { placeOf } from '../life/call-sites/call-site.js';
import type { Step } from '../life/step.js';

const fileOf = (site: string): string => placeOf(site)?.file ?? site;

/** A file as people speak of it: of a package by its name, otherwise with the folder it is in, unless we are there. */
export const shortSite = (site: string): string => {
  const [, inPackage] = /.*\/node_modules\/(.+)$/.exec(site) ?? [];
  if (inPackage !== undefined) return inPackage;
  const fromHere = relative(process.cwd(), site);
  return fromHere.includes('/') ? site.replace(/^.*\/(?=[^/]+\/[^/]+$)/, '') : fromHere;
};

/** Files, each with the files that ask it for something. */
class Askers {
  private readonly known = new Map<string, Set<string>>();

  add(place: string, asker: string | undefined): void {
    const askers = this.known.get(fileOf(place)) ?? new Set();
    this.known.set(fileOf(place), asker === undefined ? askers : askers.add(fileOf(asker)));
  }

  has(place: string): boolean {
    return this.known.has(fileOf(place));
  }

  areSeveral(place: string): boolean {
    return (this.known.get(fileOf(place))?.size ?? 0) > 1;
  }
}

/**
 * A file that makes calls for several others is a helper, and says little about the reason of a call: so the file that needed the
 * call comes first. That is the nearest file outwards that also makes calls of its own, and is no helper; or else the nearest
 * with a single caller; or else the nearest.
 */
export class Sites {
  /** Of files that make calls themselves. */
  private readonly callers = new Askers();
  /** Of all files on the way of a call. */
  private readonly others = new Askers();

  /** @param steps all those of a run: who helps whom shows in them */
  constructor(steps: Iterable<Step>) {
    for (const { site, askedBy } of steps) {
      if (site === undefined) continue;
      this.callers.add(site, askedBy[0]);
      for (const [place, file] of askedBy.entries()) this.others.add(file, askedBy[place + 1]);
    }
  }

  private askerOf({ askedBy }: Step): string | undefined {
    return (
      askedBy.find((place) => this.callers.has(place) && !this.callers.areSeveral(place)) ??
      askedBy.find((place) => !this.others.areSeveral(place)) ??
      askedBy[0]
    );
  }

  /** ' (event-store/log/log.ts:120 through files.ts:56)', ' (event-store/log/log.ts:120)'; '' where it is unknown. */
  of(step: Step): string {
    const { site } = step;
    if (site === undefined) return '';
    const asker = this.askerOf(step);
    if (!this.callers.areSeveral(site) || asker === undefined) return ` (${shortSite(site)})`;
    const isNeighbour = dirname(site) === dirname(asker);
    return ` (${shortSite(asker)} through ${isNeighbour ? basename(site) : shortSite(site)})`;
  }
}
