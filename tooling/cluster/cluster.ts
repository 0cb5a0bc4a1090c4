/** A cluster on this machine: a Redis, hosts with a worker each, and a project with the packed package that all of them have. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readResult } from '../../reports/result/read-result.js';
import type { CampaignResult } from '../../sim/result/result.js';
import { type Consumer, installForConsumer } from '../consumer.js';
import { type Network, openNetwork } from './network.js';

const PACKAGES = fileURLToPath(new URL('./packages', import.meta.url));
const SUITES = fileURLToPath(new URL('./suites', import.meta.url));
/** A worker that is silent this long has lost its unit: short, so that a test need not wait. */
export const LOCK_MS = 4_000;

export interface Running {
  readonly child: ChildProcess;
  readonly output: () => string;
}

export interface Worker extends Running {
  readonly host: number;
}

/** How a worker differs from all others. */
interface Otherwise {
  /** Below the project's. */
  readonly directory?: string;
  readonly key?: string;
}

/** What a process has printed so far, on both of its outputs. */
const outputOf = ({ stdout, stderr }: ChildProcess): (() => string) => {
  let text = '';
  for (const stream of [stdout, stderr])
    stream?.on('data', (chunk) => {
      text += chunk;
    });
  return () => text;
};

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('The machine gave no port.');
  return address.port;
};

export class Cluster {
  workers: Worker[] = [];
  /** All that run, workers among them. */
  private readonly running = new Set<ChildProcess>();
  private readonly hosts = new Map<number, readonly string[]>();

  private constructor(
    readonly project: Consumer,
    readonly network: Network,
    readonly url: string,
    private readonly redis: ChildProcess,
    private readonly redisDirectory: string,
    private readonly variables: NodeJS.ProcessEnv,
  ) {}

  static async start(): Promise<Cluster> {
    execFileSync('npm', ['ci', '--prefix', PACKAGES, '--ignore-scripts', '--no-audit', '--no-fund'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const project = await installForConsumer();
    const modules = join(PACKAGES, 'node_modules');
    for (const name of ['bullmq', 'ioredis'])
      await symlink(join(modules, name), join(project.directory, 'node_modules', name));
    for (const suite of await readdir(SUITES)) await cp(join(SUITES, suite), join(project.directory, suite));
    const network = openNetwork();
    const { home } = network;
    const [port, password] = [await freePort(), randomBytes(16).toString('hex')];
    const directory = await mkdtemp(join(tmpdir(), 'powercut-redis-'));
    const redis = spawn(
      'redis-server',
      ['--port', String(port), '--bind', home, '--requirepass', password, '--save', '', '--dir', directory],
      { stdio: 'ignore' },
    );
    await delay(1_000);
    if (redis.exitCode !== null) throw new Error('redis-server did not start.');
    const variables = {
      ...process.env,
      NO_COLOR: '1',
      POWERCUT_CAMPAIGN_KEY: randomBytes(32).toString('hex'),
      POWERCUT_QUEUE: `redis://:${password}@${home}:${port}`,
    };
    return new Cluster(project, network, variables.POWERCUT_QUEUE, redis, directory, variables);
  }

  private spawned(
    host: number | undefined,
    words: readonly string[],
    { directory = '.', key }: Otherwise = {},
  ): ChildProcess {
    const env = key === undefined ? this.variables : { ...this.variables, POWERCUT_CAMPAIGN_KEY: key };
    const cwd = join(this.project.directory, directory);
    const command = join(this.project.directory, 'node_modules', 'powercut', 'dist', 'cli', 'main.js');
    const prefix = host === undefined ? [] : (this.hosts.get(host) ?? []);
    const [program = process.execPath, ...rest] = [...prefix, process.execPath, command, ...words];
    const child = spawn(program, rest, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.running.add(child);
    child.once('exit', () => this.running.delete(child));
    return child;
  }

  /** A worker on a host of its own, which is added where it is not there. */
  startWorker(
    host: number,
    concurrency = 1,
    more: readonly string[] = [],
    otherwise: Otherwise = {},
  ): Worker {
    if (!this.hosts.has(host)) this.hosts.set(host, this.network.addHost(host));
    const lock = `${LOCK_MS / 1000}s`;
    const words = ['worker', '--concurrency', String(concurrency), '--lock', lock, ...more];
    const child = this.spawned(host, words, otherwise);
    const worker = { host, child, output: outputOf(child) };
    this.workers.push(worker);
    return worker;
  }

  /** Kills a worker with the processes that it started. */
  async kill(worker: Worker): Promise<void> {
    this.workers = this.workers.filter((one) => one !== worker);
    if (worker.child.exitCode !== null || worker.child.signalCode !== null) return;
    const ended = once(worker.child, 'exit');
    worker.child.kill('SIGKILL');
    await ended;
  }

  async killAll(): Promise<void> {
    await Promise.all(this.workers.map((worker) => this.kill(worker)));
  }

  /** `powercut` with these words, on this machine. */
  async powercut(
    words: readonly string[],
  ): Promise<{ readonly code: number | null; readonly output: string }> {
    const child = this.spawned(undefined, words);
    const output = outputOf(child);
    const [code] = (await once(child, 'close')) as [number | null]; // as Node says
    return { code, output: output() };
  }

  /** The same, killed after some seconds. */
  async powercutFor(words: readonly string[], seconds: number): Promise<void> {
    const child = this.spawned(undefined, words);
    const ended = once(child, 'close');
    await delay(seconds * 1_000);
    if (child.exitCode !== null) throw new Error(`It was done within ${seconds} s.`);
    child.kill('SIGKILL');
    await ended;
  }

  /** From now on the queue takes connections and answers nothing, or answers again. */
  setQueue(state: 'silent' | 'answering'): void {
    this.redis.kill(state === 'silent' ? 'SIGSTOP' : 'SIGCONT');
  }

  /** Starts `powercut` with these words, to be stopped by a signal. */
  begin(words: readonly string[]): Running {
    const child = this.spawned(undefined, words);
    return { child, output: outputOf(child) };
  }

  /** Resolves when the queue has a campaign. */
  async hasCampaign(): Promise<void> {
    for (;;) {
      const { output } = await this.powercut(['campaign', 'status']);
      if (output.includes('under way')) return;
      await delay(500);
    }
  }

  /** Resolves when a worker has printed a text. */
  async says(worker: Running, text: string): Promise<void> {
    for (let look = 0; look < 300; look++) {
      if (worker.output().includes(text)) return;
      await delay(100);
    }
    throw new Error(`The worker did not say '${text}':\n${worker.output()}`);
  }

  /** A result of `run`, or of a campaign on the queue; with the seconds that it took. */
  async explore(
    command: readonly string[],
    words: readonly string[],
  ): Promise<{ readonly result: CampaignResult; readonly seconds: number }> {
    const file = `${randomBytes(8).toString('hex')}.json`;
    const began = performance.now();
    const { code, output } = await this.powercut([...command, ...words, '--no-corpus', '--json', file]);
    const seconds = (performance.now() - began) / 1000;
    if (code === null || code > 1)
      throw new Error(`powercut ${command.join(' ')} ended with ${code}:\n${output}`);
    return { result: await this.resultIn(file), seconds };
  }

  /** What `--json` wrote into the project. */
  async resultIn(file: string): Promise<CampaignResult> {
    return readResult(await readFile(join(this.project.directory, file), 'utf8'), file);
  }

  alone(words: readonly string[]): ReturnType<Cluster['explore']> {
    return this.explore(['run', '--workers', '1'], words);
  }

  onQueue(words: readonly string[]): ReturnType<Cluster['explore']> {
    return this.explore(['campaign', 'start'], words);
  }

  async stop(): Promise<void> {
    await this.killAll();
    for (const child of this.running) child.kill('SIGKILL');
    this.redis.kill('SIGKILL');
    this.network.remove();
    await rm(this.redisDirectory, { recursive: true });
    await this.project.remove();
  }
}
