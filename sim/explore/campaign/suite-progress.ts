/** The progress of a suite from that of its parts, in any order and from any process. */
import type { ExploreProgress } from '../options.js';
import type { Part } from './parts.js';

export class SuiteProgress {
  private readonly latest = new Map<Part, ExploreProgress>();

  constructor(private readonly parts: readonly Part[]) {}

  /** The progress of the whole, now that one part has come so far. */
  withPart(part: Part, progress: ExploreProgress): ExploreProgress {
    this.latest.set(part, progress);
    const ofPhase = this.parts.filter(({ phase }) => phase === progress.phase);
    const sum = <Item>(items: Iterable<Item>, of: (item: Item) => number): number =>
      [...items].reduce((total, item) => total + of(item), 0);
    return {
      suite: progress.suite,
      phase: progress.phase,
      done: sum(ofPhase, (one) => this.latest.get(one)?.done ?? 0),
      total: sum(ofPhase, ({ count }) => count),
      imagesChecked: sum(this.latest.values(), ({ imagesChecked }) => imagesChecked),
      violations: Math.max(...[...this.latest.values()].map(({ violations }) => violations)),
    };
  }
}
