/** Keeps one issue on GitHub for each finding of a history: opened, updated, closed and opened again as the states say. */
import { formatCount } from '../../reports/format.js';
import type { History } from '../../reports/history/history.js';
import { findingOf, type Issue, type IssueStep, issueStep } from '../../reports/history/issue.js';
import type { GithubApi } from './github-api.js';

/** A project with many findings must not flood those who watch it. */
export const NEW_ISSUES_MAX = 20;

/** The first issue of each finding: a second one is left alone. */
const byIdentity = (issues: readonly Issue[]): ReadonlyMap<string, Issue> => {
  const known = new Map<string, Issue>();
  for (const issue of issues) {
    const identity = findingOf(issue.body)?.identity;
    if (identity !== undefined && !known.has(identity)) known.set(identity, issue);
  }
  return known;
};

/** The state first, then the comment: a sync that is cut off between never comments twice. */
const take = async (step: IssueStep, api: GithubApi, run: string): Promise<string> => {
  switch (step.kind) {
    case 'open':
      return `Opened issue #${await api.open(step.title, step.body)}.`;
    case 'update':
      await api.change(step.number, { body: step.body });
      return `Updated issue #${step.number}.`;
    case 'close':
      await api.change(step.number, { state: 'closed', state_reason: 'completed', body: step.body });
      await api.comment(step.number, step.comment + run);
      return `Closed issue #${step.number}.`;
    case 'reopen':
      await api.change(step.number, { state: 'open', body: step.body });
      await api.comment(step.number, step.comment + run);
      return `Opened issue #${step.number} again.`;
  }
};

/**
 * Idempotent: each call does what is left to do. `run` is the address of the campaign, for comments. Rejects with a UsageError
 * of the API at the first call that fails; steps before it are done.
 */
export const syncIssues = async (
  history: History,
  api: GithubApi,
  say: (line: string) => void,
  run?: string,
): Promise<void> => {
  const issues = byIdentity(await api.issues());
  const campaign = run === undefined ? '' : `\n\nCampaign: ${run}`;
  let opened = 0;
  let left = 0;
  for (const finding of history.findings) {
    const step = issueStep(finding, issues.get(finding.identity), history);
    if (step === undefined) continue;
    if (step.kind === 'open' && opened === NEW_ISSUES_MAX) {
      left += 1;
      continue;
    }
    say(await take(step, api, campaign));
    if (step.kind === 'open') opened += 1;
  }
  if (left > 0)
    say(`${formatCount(left, 'finding')} more: ${NEW_ISSUES_MAX} issues are opened at a time. Run it again.`);
};
