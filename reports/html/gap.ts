/** What cutting the power in one gap of the way did, in the kinds that a reader tells apart. */
import type { PathStep } from '../../sim/result/result.js';
import { formatCount, formatNumber } from '../format.js';

export type GapKind = 'violated' | 'held' | 'settled' | 'known' | 'untried';

/** Never by colour alone: each kind has a sign and words of its own. */
export const GAP_KINDS: Readonly<Record<GapKind, { readonly sign: string; readonly meaning: string }>> = {
  violated: { sign: '✗', meaning: 'an invariant broke on some disk that a cut here may leave' },
  held: { sign: '✓', meaning: 'every invariant held on every disk checked' },
  settled: { sign: '–', meaning: 'nothing volatile: a cut here leaves one disk only, and all held on it' },
  known: { sign: '·', meaning: 'a cut here leaves no disk that the one before it could not: judged there' },
  untried: { sign: '?', meaning: 'not checked' },
};

export const gapKind = ({ gap }: PathStep): GapKind => {
  if (gap.violated > 0) return 'violated';
  if (gap.images > 1) return gap.checked > 0 ? 'held' : 'untried';
  if (gap.images === 0) return 'known';
  return gap.checked === 0 ? 'untried' : 'settled';
};

/** 'A cut here leaves 6 disks: 6 checked, 4 broke projection equality.' */
export const gapPhrase = (step: PathStep): string => {
  const { images, checked, violated, invariants } = step.gap;
  if (images === 0) return 'a cut here leaves nothing new';
  const broken = violated === 0 ? 'all held' : `${formatNumber(violated)} broke ${invariants.join(', ')}`;
  return `a cut here leaves ${formatCount(images, 'disk')}: ${formatNumber(checked)} checked, ${broken}`;
};
