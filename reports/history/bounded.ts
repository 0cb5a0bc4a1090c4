/** How large a history may grow. */
import type { History, HistoryFinding } from './history.js';

export const FINDINGS_MAX = 256;
export const CAMPAIGNS_MAX = 256;

const rank = ({ state }: HistoryFinding): number => (state === 'resolved' ? 1 : 0);

/** The newest campaigns, and of the findings those that are open and those that were resolved last. */
export const bounded = ({ findings, campaigns }: History): History => {
  const kept = [...findings]
    .sort((a, b) => rank(a) - rank(b) || (a.since.time < b.since.time ? 1 : -1))
    .slice(0, FINDINGS_MAX);
  return {
    findings: findings.filter((finding) => kept.includes(finding)),
    campaigns: campaigns.slice(-CAMPAIGNS_MAX),
  };
};
