/** The few calls of GitHub's API that issues need: https://docs.github.com/rest/issues. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Issue } from '../../reports/history/issue.js';
import { isRecord } from '../../sim/util/is-record.js';
import type { Variables } from '../output/terminal.js';
import { messageOf, UsageError } from '../usage-error.js';

/** Issues with another label are not read. */
const ISSUE_LABEL = 'powercut';

const PAGE = 100;
const PAGES_MAX = 100;
const ANSWER_MS_MAX = 30_000;
/** GitHub refuses those that write faster for long. */
const PAUSE_MS = 1_000;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;
const MESSAGE_LENGTH_MAX = 200;

export interface GithubSettings {
  /** Without a slash at its end. */
  readonly api: string;
  /** 'owner/name' */
  readonly repository: string;
  readonly token: string;
  /** The address of the run of a workflow, where it is one. */
  readonly run?: string;
}

const missing = (name: string, what: string): UsageError =>
  new UsageError('GITHUB_SETTING_INVALID', `The variable ${name} must be ${what}.`);

/** Only over TLS, or on this machine: a token is sent. */
const addressOf = (text: string): string | undefined => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  return isSafe && url?.username === '' && url.search === '' ? url.href.replace(/\/$/, '') : undefined;
};

/** From the variables that a workflow has. @throws UsageError GITHUB_SETTING_INVALID */
export const githubSettings = (variables: Variables): GithubSettings => {
  const { GITHUB_TOKEN: token = '', GITHUB_REPOSITORY: repository = '', GITHUB_RUN_ID: id = '' } = variables;
  const api = addressOf(variables.GITHUB_API_URL || 'https://api.github.com');
  const server = addressOf(variables.GITHUB_SERVER_URL || 'https://github.com');
  // Anything else could not be a header.
  if (!/^[\x21-\x7e]+$/.test(token)) throw missing('GITHUB_TOKEN', 'a token that may write issues');
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) throw missing('GITHUB_REPOSITORY', "'owner/name'");
  if (api === undefined) throw missing('GITHUB_API_URL', 'an address that begins with https://');
  const hasRun = server !== undefined && /^\d+$/.test(id);
  const run = hasRun ? { run: `${server}/${repository}/actions/runs/${id}` } : {};
  return { api, repository, token, ...run };
};

const minutes = (seconds: number): string =>
  seconds < 120 ? `${Math.max(1, Math.ceil(seconds))} s` : `${Math.ceil(seconds / 60)} min`;

/** When GitHub takes calls again; undefined where the answer is not about that. */
const waitOf = ({ status, headers }: Response): string | undefined => {
  if (status !== 403 && status !== 429) return undefined;
  const after = Number(headers.get('retry-after') ?? Number.NaN);
  if (Number.isFinite(after)) return minutes(after);
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN);
  if (headers.get('x-ratelimit-remaining') === '0' && Number.isFinite(reset))
    return minutes(reset - Date.now() / 1000);
  return status === 429 ? 'a minute' : undefined;
};

const ADVICE: Readonly<Record<number, string>> = {
  401: 'GITHUB_TOKEN is no valid token',
  403: 'The token must have the permission issues: write',
  404: 'Check GITHUB_REPOSITORY, and that the token may read it',
  410: 'Switch issues on in the settings of the repository',
};

/** @throws UsageError for an answer that is no success */
const refuse = async (response: Response, call: string): Promise<never> => {
  const { status } = response;
  const wait = waitOf(response);
  if (wait !== undefined)
    throw new UsageError('GITHUB_RATE_LIMIT', `GitHub takes no more calls for now: try again in ${wait}.`);
  const text = await response.text().catch(() => '');
  let said = '';
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) said = String(value.message ?? '').slice(0, MESSAGE_LENGTH_MAX);
  } catch {
    // a page of a proxy: its status says enough
  }
  const what = `GitHub answered ${status}${said === '' ? '' : ` (${said})`} to ${call}`;
  if (status >= 500) throw new UsageError('GITHUB_UNAVAILABLE', `${what}. Try again later.`);
  throw new UsageError('GITHUB_REFUSED', `${what}. ${ADVICE[status] ?? 'The message says why'}.`);
};

const issueOf = (value: unknown): Issue | undefined => {
  if (!isRecord(value) || typeof value.number !== 'number') return undefined;
  const { number, state, state_reason: reason, closed_at: closed, body } = value;
  return {
    number,
    state: state === 'closed' ? 'closed' : 'open',
    reason: typeof reason === 'string' ? reason : null,
    closedMs: typeof closed === 'string' ? Date.parse(closed) : 0,
    body: typeof body === 'string' ? body : '',
  };
};

const labelsOf = ({ labels }: Readonly<Record<string, unknown>>): readonly unknown[] =>
  Array.isArray(labels) ? labels.map((label) => (isRecord(label) ? label.name : label)) : [];

export interface IssueChange {
  readonly title?: string;
  readonly body?: string;
  readonly state?: 'open' | 'closed';
  readonly state_reason?: 'completed' | 'reopened';
}

/** Every method rejects with a UsageError: GITHUB_REFUSED, GITHUB_RATE_LIMIT or GITHUB_UNAVAILABLE. */
export class GithubApi {
  private hasWritten = false;

  constructor(
    private readonly settings: GithubSettings,
    private readonly pauseMs = PAUSE_MS,
  ) {}

  private async call(method: string, path: string, body?: object): Promise<unknown> {
    const { api, repository, token } = this.settings;
    if (method !== 'GET' && this.hasWritten) await delay(this.pauseMs);
    this.hasWritten ||= method !== 'GET';
    const name = `${method} ${path.replace(/\?.*/, '')}`;
    let response: Response;
    try {
      response = await fetch(`${api}/repos/${repository}${path}`, {
        method,
        headers: {
          accept: 'application/vnd.github+json',
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'user-agent': 'powercut',
          'x-github-api-version': '2022-11-28',
        },
        // The token is for this address only.
        redirect: 'manual',
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (thrown) {
      const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
      throw new UsageError(
        'GITHUB_UNAVAILABLE',
        `GitHub did not answer ${name} at ${api}: ${messageOf(cause)}.`,
      );
    }
    if (!response.ok) return refuse(response, name);
    try {
      return await response.json();
    } catch (thrown) {
      throw new UsageError(
        'GITHUB_UNAVAILABLE',
        `GitHub's answer to ${name} is not JSON: ${messageOf(thrown)}.`,
      );
    }
  }

  /** All issues with the label, open or closed, without pull requests; the oldest first. */
  async issues(): Promise<readonly Issue[]> {
    const found: Issue[] = [];
    for (let page = 1; page <= PAGES_MAX; page++) {
      const query = `labels=${ISSUE_LABEL}&state=all&sort=created&direction=asc&per_page=${PAGE}&page=${page}`;
      const answer = await this.call('GET', `/issues?${query}`);
      if (!Array.isArray(answer))
        throw new UsageError('GITHUB_UNAVAILABLE', "GitHub's answer to GET /issues is no list.");
      for (const value of answer) {
        const issue = issueOf(value);
        if (issue !== undefined && !('pull_request' in Object(value))) found.push(issue);
      }
      if (answer.length < PAGE) return found;
    }
    throw new UsageError(
      'GITHUB_REFUSED',
      `More than ${PAGE * PAGES_MAX} issues have the label '${ISSUE_LABEL}'. Remove it from old ones.`,
    );
  }

  /** Returns its number. Also rejects if GitHub dropped the label: the issue would not be found again. */
  async open(title: string, body: string): Promise<number> {
    const answer = await this.call('POST', '/issues', { title, body, labels: [ISSUE_LABEL] });
    if (!isRecord(answer) || typeof answer.number !== 'number')
      throw new UsageError('GITHUB_UNAVAILABLE', "GitHub's answer to POST /issues is no issue.");
    if (!labelsOf(answer).includes(ISSUE_LABEL))
      throw new UsageError(
        'GITHUB_REFUSED',
        `GitHub opened issue #${answer.number} without the label '${ISSUE_LABEL}'. Add it there, and give the token the right to set labels.`,
      );
    return answer.number;
  }

  async change(number: number, change: IssueChange): Promise<void> {
    await this.call('PATCH', `/issues/${number}`, change);
  }

  async comment(number: number, body: string): Promise<void> {
    await this.call('POST', `/issues/${number}/comments`, { body });
  }
}
