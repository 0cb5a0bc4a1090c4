/** `powercut history --github-issues`, against GitHub's API on the loopback device. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EMPTY_HISTORY, type History } from '../../reports/history/history.js';
import {
  campaignOn,
  type Given,
  identityOf,
  passes,
  violation,
} from '../../reports/history/testing/campaigns.js';
import { updated } from '../../reports/history/update-history.js';
import { errorCode } from '../../sim/util/errors.js';
import { runCli } from '../program.js';
import { contextWith } from '../testing/context.js';
import { GithubApi, githubSettings } from './github-api.js';
import { NEW_ISSUES_MAX, syncIssues } from './github-issues.js';
import { type Failure, FakeGithub, REPOSITORY, TOKEN } from './testing/github.js';

const RED: Given = { violations: [violation('a')] };
const GREEN: Given = { replays: [passes('a')] };

let github: FakeGithub;
beforeEach(async () => {
  github = await FakeGithub.start();
});
afterEach(() => github.stop());

/** Noon of the day of a campaign, which is over at midnight before: the sync is after it. */
const noonOf = (day: number): string =>
  new Date(Date.UTC(2030, 0, day, 12)).toISOString().replace('.000', '');

const sync = async (
  history: History,
  variables: Readonly<Record<string, string>> = {},
): Promise<string[]> => {
  const settings = githubSettings({ ...github.variables, ...variables });
  const said: string[] = [];
  await syncIssues(history, new GithubApi(settings, 0), (line) => said.push(line), settings.run);
  return said;
};

/** A sync after each campaign. Returns the history. */
const nights = async (...campaigns: readonly Given[]): Promise<History> => {
  let history = EMPTY_HISTORY;
  for (const [index, given] of campaigns.entries()) {
    history = updated(history, campaignOn(index + 1, { seed: index, ...given })).history;
    github.now = noonOf(index + 1);
    await sync(history);
  }
  return history;
};

const codeOf = async (
  history: History,
  variables: Readonly<Record<string, string>> = {},
): Promise<string> => {
  try {
    await sync(history, variables);
  } catch (thrown) {
    return `${errorCode(thrown)}: ${thrown instanceof Error ? thrown.message : ''}`;
  }
  return '';
};

describe('syncIssues', () => {
  it('opens one issue for a new finding', async () => {
    await nights(RED);
    expect(github.issues).toHaveLength(1);
    const { title, body, labels, comments } = github.issue(1);
    expect(title).toBe('Powercut: durability (notes)');
    expect(body).toContain(`<!-- powercut-finding: ${identityOf('a')} new -->`);
    expect(body).toContain('npx powercut replay token-a');
    expect(labels).toEqual([{ name: 'powercut' }]);
    expect(comments).toEqual([]);
  });

  it('writes nothing when nothing has changed', async () => {
    const history = await nights(RED, RED);
    const before = github.writes.length;
    await sync(history);
    await sync(history);
    expect(github.writes).toHaveLength(before);
  });

  it('makes one issue, and no comment, of one bug found 500 times', async () => {
    let history = EMPTY_HISTORY;
    for (let day = 1; day <= 500; day++) {
      history = updated(history, campaignOn(day, { seed: day, ...RED })).history;
      await sync(history);
    }
    expect(github.issues).toHaveLength(1);
    expect(github.issue(1)).toMatchObject({ state: 'open', comments: [] });
    expect(github.issue(1).body).toContain('| seen by | 500 campaigns |');
  });

  it('closes the issue of a resolved finding, with one comment', async () => {
    await nights(RED, GREEN, GREEN, GREEN);
    const { state, state_reason, comments, body } = github.issue(1);
    expect([state, state_reason]).toEqual(['closed', 'completed']);
    expect(comments).toEqual([expect.stringMatching(/^Resolved: 2030-01-02, commit 0000002\./)]);
    expect(body).toContain('resolved -->');
  });

  it('opens the issue of a regressed finding again, with one comment', async () => {
    await nights(RED, GREEN, RED, RED);
    expect(github.issues).toHaveLength(1);
    expect(github.issue(1).state).toBe('open');
    expect(github.issue(1).comments).toEqual([
      expect.stringContaining('Resolved'),
      'Seen again: 2030-01-03, commit 0000003.',
    ]);
    expect(github.issue(1).body).toContain('| came back | 1 time |');
  });

  it('keeps an issue closed that somebody will not fix', async () => {
    const history = await nights(RED);
    Object.assign(github.issue(1), { state: 'closed', state_reason: 'not_planned', closed_at: noonOf(1) });
    await sync(updated(history, campaignOn(2, RED)).history);
    expect(github.issue(1)).toMatchObject({ state: 'closed', comments: [] });
  });

  it('opens an issue again that somebody closed as done, only if it was seen after that', async () => {
    const history = await nights(RED);
    Object.assign(github.issue(1), { state: 'closed', state_reason: 'completed', closed_at: noonOf(1) });
    await sync(history);
    expect(github.issue(1).state).toBe('closed');
    await sync(updated(history, campaignOn(2, RED)).history);
    expect(github.issue(1)).toMatchObject({
      state: 'open',
      comments: [expect.stringContaining('Seen again')],
    });
  });

  it('leaves an issue open that somebody opened again after the finding was resolved', async () => {
    const history = await nights(RED, GREEN);
    github.issue(1).state = 'open';
    await sync(history);
    expect(github.issue(1)).toMatchObject({ state: 'open', comments: [expect.stringContaining('Resolved')] });
  });

  it('keeps what people write below its text', async () => {
    const history = await nights(RED);
    github.issue(1).body = `${github.issue(1).body.replaceAll('\n', '\r\n')}\r\n\r\nI am on it. @somebody`;
    await sync(updated(history, campaignOn(2, RED)).history);
    expect(github.issue(1).body).toContain('ongoing -->');
    expect(github.issue(1).body.endsWith('-->\n\nI am on it. @somebody')).toBe(true);
  });

  it('finds its issue again without the history of earlier nights', async () => {
    await nights(RED);
    await sync(updated(EMPTY_HISTORY, campaignOn(9, RED)).history);
    expect(github.issues).toHaveLength(1);
  });

  it('reads all pages, and neither pull requests nor issues without its marker', async () => {
    const { findings } = updated(EMPTY_HISTORY, campaignOn(1, RED)).history;
    const marker = `<!-- powercut-finding: ${identityOf('a')} new -->`;
    github.add({ body: marker, pull_request: {} });
    for (let count = 0; count < 250; count++) github.add({ body: `quoted: ${marker}` });
    await sync({ ...EMPTY_HISTORY, findings });
    expect(github.issues).toHaveLength(252);
    await sync({ ...EMPTY_HISTORY, findings });
    expect(github.issues).toHaveLength(252);
    expect(github.calls.filter((call) => call === 'GET /issues')).toHaveLength(6);
  });

  it(`opens ${NEW_ISSUES_MAX} issues at a time`, async () => {
    const [finding] = updated(EMPTY_HISTORY, campaignOn(1, RED)).history.findings;
    if (finding === undefined) throw new Error('There is no finding.');
    const findings = Array.from({ length: NEW_ISSUES_MAX + 5 }, (_, index) => ({
      ...finding,
      identity: index.toString(16).padStart(16, '0'),
    }));
    const said = await sync({ ...EMPTY_HISTORY, findings });
    expect(github.issues).toHaveLength(NEW_ISSUES_MAX);
    expect(said.at(-1)).toBe(`5 findings more: ${NEW_ISSUES_MAX} issues are opened at a time. Run it again.`);
    await sync({ ...EMPTY_HISTORY, findings });
    expect(new Set(github.issues.map(({ body }) => body.slice(0, 45))).size).toBe(NEW_ISSUES_MAX + 5);
  });

  it('links the campaign in a comment', async () => {
    const history = updated(await nights(RED), campaignOn(2, GREEN)).history;
    await sync(history, { GITHUB_RUN_ID: '77', GITHUB_SERVER_URL: 'https://github.example' });
    expect(github.issue(1).comments[0]).toContain(`https://github.example/${REPOSITORY}/actions/runs/77`);
  });
});

describe('syncIssues: errors', () => {
  const history = updated(EMPTY_HISTORY, campaignOn(1, RED)).history;
  const later = String(Math.ceil(Date.now() / 1000) + 1_800);

  it.each<[string, string, Failure, RegExp]>([
    [
      '401',
      'GET',
      { status: 401, body: '{"message":"Bad credentials"}' },
      /^GITHUB_REFUSED: .* 401 \(Bad credentials\) .*no valid token/,
    ],
    [
      '403',
      'POST',
      { status: 403, body: '{"message":"Resource not accessible"}' },
      /^GITHUB_REFUSED: .*issues: write/,
    ],
    ['404', 'GET', { status: 404 }, /^GITHUB_REFUSED: .*GITHUB_REPOSITORY/],
    ['410', 'POST', { status: 410 }, /^GITHUB_REFUSED: .*Switch issues on/],
    [
      'a redirection',
      'GET',
      { status: 301, headers: { location: 'https://elsewhere.example' } },
      /^GITHUB_REFUSED: .*301/,
    ],
    [
      'the rate limit',
      'GET',
      { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': later } },
      /^GITHUB_RATE_LIMIT: .*try again in 30 min/,
    ],
    [
      'the second rate limit',
      'POST',
      { status: 403, headers: { 'retry-after': '60' } },
      /^GITHUB_RATE_LIMIT: .*in 60 s/,
    ],
    ['429', 'POST', { status: 429 }, /^GITHUB_RATE_LIMIT: .*in a minute/],
    ['500', 'GET', { status: 500, body: '<html>' }, /^GITHUB_UNAVAILABLE: .*500.*Try again later/],
    ['an answer that is not JSON', 'GET', { status: 200, body: '<html>' }, /^GITHUB_UNAVAILABLE: .*not JSON/],
    ['an answer that is no list', 'GET', { status: 200, body: '{}' }, /^GITHUB_UNAVAILABLE: .*no list/],
  ])('%s: has a code, and the message says what to do', async (_, call, answer, message) => {
    github.failure = { call, answer };
    const said = await codeOf(history);
    expect(said).toMatch(message);
    expect(said).not.toContain(TOKEN);
    // It goes on where it was.
    github.failure = undefined;
    await sync(history);
    expect(github.issues).toHaveLength(1);
  });

  it('no answer at all is GITHUB_UNAVAILABLE', async () => {
    expect(await codeOf(history, { GITHUB_API_URL: 'http://127.0.0.1:1' })).toMatch(
      /^GITHUB_UNAVAILABLE: .*127\.0\.0\.1:1/,
    );
  });

  it('a dropped label is refused: its issue would not be found again', async () => {
    github.dropsLabels = true;
    expect(await codeOf(history)).toMatch(/^GITHUB_REFUSED: .*#1 without the label/);
  });

  it.each([
    ['GITHUB_TOKEN', ''],
    ['GITHUB_TOKEN', 'a\nb'],
    ['GITHUB_REPOSITORY', 'owner'],
    ['GITHUB_REPOSITORY', 'owner/../..'],
    ['GITHUB_API_URL', 'http://api.github.example'],
    ['GITHUB_API_URL', 'file:///etc/passwd'],
  ])('%s that is %j is refused before any call', async (name, value) => {
    expect(await codeOf(history, { [name]: value })).toMatch(
      new RegExp(`^GITHUB_SETTING_INVALID: .*${name}`),
    );
    expect(github.calls).toEqual([]);
  });
});

describe('powercut history --github-issues', () => {
  it('ends with 2 and the code where a call fails, after the list', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'powercut-issues-'));
    try {
      const call = async (
        variables: Readonly<Record<string, string>>,
      ): Promise<readonly [number, string]> => {
        const [stdout, stderr] = [new PassThrough(), new PassThrough()];
        const code = await runCli(
          ['history', '--github-issues'],
          contextWith({ stdout, stderr, directory, variables }),
        );
        stdout.end();
        stderr.end();
        return [code, await text(stderr)];
      };
      expect(await call(github.variables)).toEqual([0, '']);
      expect(github.calls).toEqual(['GET /issues']);
      const [code, said] = await call({ ...github.variables, GITHUB_TOKEN: 'another' });
      expect(code).toBe(2);
      expect(said).toMatch(/^powercut: GitHub answered 401 .* \(GITHUB_REFUSED\)\n$/);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
