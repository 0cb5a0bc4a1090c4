/**
 * A sabotage: one deliberately broken variant of the real source, as a patch that is applied when it is loaded. The
 * source carries no flags. Sabotages measure the tool: each must be killed, which means that exploring a suite on the
 * patched source breaks an invariant that speaks of the damage.
 */
import type { Row } from './known-incidents.js';

/** `find` stands exactly once in `file`, and is replaced. */
export interface Patch {
  /** From the root, with `/` between folders. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface Sabotage {
  /** Where it strikes and what it does: 'log: acknowledges before the sync'. */
  readonly name: string;
  /** The fault of a real system that it re-enacts; 'automatic' for one made by scanning the source. */
  readonly row: Row | 'automatic';
  readonly patches: readonly Patch[];
  /** Names of the suites to explore, in this order, until one kills it. */
  readonly suites: readonly string[];
  /** Any of these invariants kills it. Empty: any invariant at all does. */
  readonly killedBy: readonly string[];
  /** Why nothing can kill it: what it breaks was redundant. A survivor without a true reason is a defect of the tool. */
  readonly survives?: string;
}

/** A patch no longer fits the source: rewrite it for what stands there now. */
class PatchError extends Error {
  override readonly name = 'PatchError';
  readonly code = 'PATCH_DOES_NOT_APPLY';
}

/** Path from the root to the text of a source file. */
export type SourceTexts = ReadonlyMap<string, string>;

/** The files that a sabotage changes, patched. @throws PatchError a patch does not apply exactly once */
export const sabotaged = (sources: SourceTexts, { name, patches }: Sabotage): SourceTexts => {
  const changed = new Map<string, string>();
  for (const { file, find, replace } of patches) {
    const text = changed.get(file) ?? sources.get(file);
    if (text === undefined) throw new PatchError(`sabotage '${name}': there is no file ${file}`);
    const [before = '', after, ...more] = text.split(find);
    if (after === undefined || more.length > 0) {
      const times = after === undefined ? 'nowhere' : `${more.length + 1} times`;
      throw new PatchError(`sabotage '${name}': what it looks for stands ${times} in ${file}: ${find}`);
    }
    changed.set(file, before + replace + after);
  }
  return changed;
};
