/** The Redis and the workers of recipes/docker/compose.yaml, started with the words and variables of that file, but without Docker. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { at, documentsOf, recipe } from '../recipes/recipes.js';
import type { Check } from './checks.js';
import { type Cluster, freePort } from './cluster.js';
import { mustBeEqual } from './results.js';

const WORDS = ['--runs', '400', '--workloads', '3', '--max-crashes', '2'];
const READY_LOOKS_MAX = 100;

type Values = Readonly<Record<string, string>>;

/** What compose makes of a text: variables, and `$$` for a dollar. */
const interpolated = (text: string, values: Values): string =>
  text
    .replace(/(?<!\$)\$\{(\w+)(?::\?[^}]*)?\}/g, (_, name: string) => values[name] ?? '')
    .replaceAll('$$', '$');

const textsAt = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** The services of the file, on a port and in a directory of this machine. */
class Services {
  private readonly file = documentsOf(recipe('recipes/docker/compose.yaml'))[0];
  private readonly started: ChildProcess[] = [];
  private readonly secrets = {
    REDIS_PASSWORD: randomBytes(32).toString('hex'),
    POWERCUT_CAMPAIGN_KEY: randomBytes(32).toString('hex'),
  };

  constructor(
    private readonly project: string,
    private readonly port: number,
    private readonly data: string,
  ) {}

  private variables(service: string, otherwise: Values = {}): NodeJS.ProcessEnv {
    const given = Object.entries(Object(at(this.file, 'services', service, 'environment'))).map(
      ([name, value]) => [
        name,
        interpolated(String(value), { ...this.secrets, ...otherwise }).replace(
          'redis:6379',
          `127.0.0.1:${this.port}`,
        ),
      ],
    );
    return { ...process.env, NO_COLOR: '1', ...Object.fromEntries(given) };
  }

  private start(words: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
    const [program = '', ...rest] = words;
    const child = spawn(program, rest, { cwd: this.project, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.started.push(child);
    return child;
  }

  redis(): void {
    const words = textsAt(at(this.file, 'services', 'redis', 'command')).map((word) =>
      interpolated(word, {}).replace('dir /data', `dir ${this.data}\nport ${this.port}\nbind 127.0.0.1`),
    );
    this.start(words, this.variables('redis'));
  }

  worker(): ChildProcess {
    const [, entry = ''] = /^ENTRYPOINT (\[.*\])$/m.exec(recipe('recipes/docker/Dockerfile').text) ?? [];
    const words = [...textsAt(JSON.parse(entry)), ...textsAt(at(this.file, 'services', 'worker', 'command'))];
    return this.start(words, this.variables('worker'));
  }

  /** `docker compose run --rm campaign WORDS` */
  async campaign(
    words: readonly string[],
    otherwise: Values = {},
  ): Promise<readonly [number | null, string]> {
    const entry = textsAt(at(this.file, 'services', 'campaign', 'entrypoint'));
    return ended(this.start([...entry, ...words], this.variables('campaign', otherwise)));
  }

  async stop(): Promise<void> {
    for (const child of this.started) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
}

const ended = async (child: ChildProcess): Promise<readonly [number | null, string]> => {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  const [code] = (await once(child, 'close')) as [number | null]; // as Node says
  return [code, output];
};

const isReady = async (services: Services): Promise<void> => {
  let said = '';
  for (let look = 0; look < READY_LOOKS_MAX; look++) {
    const [code, output] = await services.campaign(['status']);
    if (code === 0) return;
    said = output;
    await delay(100);
  }
  throw new Error(`The Redis of the recipe did not start: ${said}`);
};

const explored = async (services: Services, cluster: Cluster): Promise<string> => {
  services.redis();
  await isReady(services);
  const [code, output] = await services.campaign(['status'], { REDIS_PASSWORD: 'another' });
  if (code !== 2) throw new Error(`Another password ended with ${code}: ${output}`);
  const first = services.worker();
  const said = ended(first);
  const words = ['healthy.suite.mjs', ...WORDS, '--no-corpus'];
  const campaign = services.campaign(['start', ...words, '--json', 'recipe.json']);
  let isTaken = false;
  first.stderr?.on('data', (chunk) => {
    isTaken ||= String(chunk).includes('Takes part in campaign');
  });
  for (let look = 0; look < 600 && !isTaken; look++) await delay(100);
  // As `docker compose stop` ends it: the part under way is finished, and another worker takes the others.
  first.kill('SIGTERM');
  services.worker();
  const [stopped, last] = await said;
  if (stopped !== 0 || !last.includes('Finishing the parts under way'))
    throw new Error(`A worker ended with ${stopped} after SIGTERM:\n${last}`);
  const [done, report] = await campaign;
  if (done !== 0) throw new Error(`The campaign ended with ${done}:\n${report}`);
  const alone = await cluster.alone(words.slice(0, -1));
  const shared = await cluster.resultIn('recipe.json');
  mustBeEqual(alone.result, shared);
  return `digest ${shared.digest}`;
};

export const recipeCheck: Check = {
  name: 'recipes: the Redis and the workers of compose.yaml, and SIGTERM for one of them: all as one process finds',
  isQuick: true,
  run: async (cluster) => {
    const data = await mkdtemp(join(tmpdir(), 'powercut-recipe-'));
    const services = new Services(cluster.project.directory, await freePort(), data);
    try {
      return await explored(services, cluster);
    } finally {
      await services.stop();
      await rm(data, { recursive: true });
    }
  },
};
