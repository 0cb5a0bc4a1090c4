/** The issues of one repository, behind GitHub's API on the loopback device. For tests. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

export const TOKEN = 'ghs_of_a_test';
export const REPOSITORY = 'owner/project';

export interface FakeIssue {
  number: number;
  title: string;
  body: string;
  state: 'open' | 'closed';
  state_reason: string | null;
  closed_at: string | null;
  labels: { name: string }[];
  comments: string[];
  pull_request?: object;
}

/** A status with headers and a body, in the place of an answer. */
export interface Failure {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export class FakeGithub {
  readonly issues: FakeIssue[] = [];
  /** 'POST /issues', in order. */
  readonly calls: string[] = [];
  /** The time of closing: ISO 8601. */
  now = '2030-01-01T12:00:00Z';
  /** Labels of new issues are dropped, as GitHub does for those who may not set them. */
  dropsLabels = false;
  /** Instead of an answer to calls that begin so. */
  failure: { readonly call: string; readonly answer: Failure } | undefined;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<FakeGithub> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The machine gave no port.');
    const github = new FakeGithub(server, `http://127.0.0.1:${address.port}`);
    server.on('request', (request, response) => void github.answer(request, response));
    return github;
  }

  get variables(): Readonly<Record<string, string>> {
    return { GITHUB_API_URL: this.url, GITHUB_TOKEN: TOKEN, GITHUB_REPOSITORY: REPOSITORY };
  }

  /** The calls that change something. */
  get writes(): readonly string[] {
    return this.calls.filter((call) => !call.startsWith('GET'));
  }

  issue(number: number): FakeIssue {
    const found = this.issues.find((one) => one.number === number);
    if (found === undefined) throw new Error(`There is no issue #${number}.`);
    return found;
  }

  add(given: Partial<FakeIssue>): FakeIssue {
    const issue: FakeIssue = {
      number: this.issues.length + 1,
      title: '',
      body: '',
      state: 'open',
      state_reason: null,
      closed_at: null,
      labels: [{ name: 'powercut' }],
      comments: [],
      ...given,
    };
    this.issues.push(issue);
    return issue;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.url);
    const send = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof value === 'string' ? value : JSON.stringify(value));
    };
    const prefix = `/repos/${REPOSITORY}`;
    const path = url.pathname.slice(prefix.length);
    const call = `${request.method} ${path}`;
    const body = await text(request);
    this.calls.push(call);
    if (this.failure !== undefined && call.startsWith(this.failure.call)) {
      const { status, headers, body: said = '' } = this.failure.answer;
      return send(status, said, headers);
    }
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return send(401, { message: 'Bad credentials' });
    if (!url.pathname.startsWith(prefix)) return send(404, { message: 'Not Found' });
    const given = body === '' ? {} : Object(JSON.parse(body));
    const [, number] = /^\/issues\/(\d+)/.exec(path) ?? [];
    if (call === 'GET /issues') return send(200, this.list(url.searchParams));
    if (call === 'POST /issues') return send(201, this.created(given));
    if (number === undefined) return send(404, { message: 'Not Found' });
    const issue = this.issue(Number(number));
    if (path.endsWith('/comments')) {
      issue.comments.push(String(given.body));
      return send(201, {});
    }
    return send(200, this.changed(issue, given));
  }

  private list(query: URLSearchParams): readonly FakeIssue[] {
    const [size, page] = [Number(query.get('per_page') ?? 30), Number(query.get('page') ?? 1)];
    const label = query.get('labels');
    return this.issues
      .filter(({ labels }) => label === null || labels.some(({ name }) => name === label))
      .filter(({ state }) => query.get('state') === 'all' || state === 'open')
      .slice((page - 1) * size, page * size);
  }

  private created(given: Readonly<Record<string, unknown>>): FakeIssue {
    const { title, body, labels } = given;
    if (String(title).length > 256 || String(body).length > 65_536) throw new Error('GitHub refuses it.');
    const names = this.dropsLabels || !Array.isArray(labels) ? [] : labels.map(String);
    return this.add({
      title: String(title),
      body: String(body),
      labels: names.map((name) => ({ name })),
    });
  }

  private changed(issue: FakeIssue, given: Readonly<Record<string, unknown>>): FakeIssue {
    if (given.body !== undefined) issue.body = String(given.body);
    if (given.state === 'closed' && issue.state === 'open')
      Object.assign(issue, {
        state: 'closed',
        closed_at: this.now,
        state_reason: String(given.state_reason ?? 'completed'),
      });
    if (given.state === 'open' && issue.state === 'closed')
      Object.assign(issue, { state: 'open', closed_at: null, state_reason: 'reopened' });
    return issue;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
