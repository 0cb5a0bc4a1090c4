/**
 * Lanes: the part of the system that each step of a replay belongs to, in the order in which they first act.
 *
 * A call is made for whoever the file belongs to: it is of the folder of source that first touched that file, so that
 * a helper that syncs for everybody has no lane of its own. A folder with several files has a lane for each: the read
 * models of several listeners are told apart.
 */
import { dirname } from 'node:path/posix';
import type { ReplayResult, TraceEntry } from '../sim/result.js';

/** '/data/balances.0' and '/data/balances.1' are 'balances'; a number alone is a file of what its folder is named for. */
const stemOf = (path: string): string => {
  const parts = path.split(' -> ')[0]?.split('/').filter(Boolean) ?? [];
  const [stem = ''] = (parts.at(-1) ?? '').split('.').filter(Boolean);
  return /^\d*$/.test(stem) ? (parts.at(-2) ?? '') : stem;
};

const folderOf = ({ site }: TraceEntry): string | undefined =>
  site?.file
    .split(/[\\/]/)
    .filter((part) => part !== '')
    .at(-2);

/** The lane of each step, by its place in the trace. */
export const lanesOf = (trace: ReplayResult['trace']): readonly string[] => {
  const parents = new Set(trace.flatMap(({ path }) => (path === undefined ? [] : dirname(path))));
  const owners = new Map<string, string>();
  const stems = new Map<string, Set<string>>();
  const known = trace.map((entry) => {
    if (entry.actor !== 'program') return { folder: entry.actor, stem: '' };
    const stem = entry.path === undefined || parents.has(entry.path) ? '' : stemOf(entry.path);
    const folder = owners.get(stem) ?? folderOf(entry) ?? entry.actor;
    // A directory belongs to nobody: whoever makes the call is its lane.
    if (stem !== '') owners.set(stem, folder);
    if (stem !== '') stems.set(folder, (stems.get(folder) ?? new Set()).add(stem));
    return { folder, stem };
  });
  return known.map(({ folder, stem }) => {
    const several = stem !== '' && (stems.get(folder)?.size ?? 0) > 1;
    return several ? `${folder}: ${stem}` : folder;
  });
};

/** Every lane once, the client first: what happens is told from its side. */
export const distinctLanes = (lanes: readonly string[]): readonly string[] => {
  const distinct = [...new Set(lanes)];
  return distinct.includes('client') ? ['client', ...distinct.filter((lane) => lane !== 'client')] : distinct;
};
