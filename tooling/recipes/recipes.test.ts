/** recipes/ and action.yml: what they call exists, and what belongs together is the same in all of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseHelp, powercutHelp } from '../docs/generated/command-reference.js';
import { ROOT } from '../sources.js';
import { at, callsIn, documentsOf, isYaml, readRecipes, recipe, valuesIn } from './recipes.js';

const RECIPES = readRecipes();
const MANIFEST: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** The options of a command, as its help has them. */
const optionsOf = async (command: readonly string[]): Promise<readonly string[]> =>
  (parseHelp(await powercutHelp([...command, '--help'])).tables.get('Options') ?? []).flatMap(({ term }) =>
    term.split(/[ ,]+/).filter((word) => word.startsWith('--')),
  );

const commandOf = ([command = '', ...rest]: readonly string[]): readonly string[] =>
  command === 'campaign' ? [command, ...rest.slice(0, 1)] : [command];

describe('recipes: calls of powercut', () => {
  it('callsIn finds the calls of a shell, of a comment and of a list', () => {
    const text =
      '# npx powercut run a --runs 1 # why\na:\n  args: [worker, --lock, 1s]\nb: node dist/cli/main.js report x \\\n  --out y\n';
    expect(callsIn({ path: 'a.yml', text })).toEqual([
      ['run', 'a', '--runs', '1'],
      ['report', 'x', '--out', 'y'],
      ['worker', '--lock', '1s'],
    ]);
  });

  const calls = RECIPES.flatMap((one) =>
    callsIn(one).map((words) => [one.path, words.join(' '), words] as const),
  );

  it('are in all kinds of recipes', () => {
    const kinds = new Set(calls.map(([path]) => path.split('/')[1]));
    expect([...kinds].sort()).toEqual(['docker', 'github', 'gitlab', 'kubernetes']);
  });

  it.each(calls)('%s: powercut %s: has options that exist', async (_path, _text, words) => {
    const known = await optionsOf(commandOf(words));
    expect(known.length).toBeGreaterThan(0);
    expect(words.filter((word) => word.startsWith('--') && !known.includes(word))).toEqual([]);
  });

  it('of the action and the workflows that use it have options that exist', async () => {
    const uses = RECIPES.filter(isYaml)
      .flatMap((one) => documentsOf(one).flatMap((document) => valuesIn(document)))
      .filter(([, value]) => String(at(value, 'uses')).startsWith('powercut/powercut@'));
    expect(uses.length).toBe(3);
    const inputs = Object.keys(Object(at(documentsOf(recipe('action.yml'))[0], 'inputs')));
    for (const [, step] of uses) {
      const given = Object(at(step, 'with'));
      expect(Object.keys(given).filter((name) => !inputs.includes(name))).toEqual([]);
      const known = await optionsOf(String(given.command ?? 'run').split(' '));
      const words = String(given.options).split('\n');
      expect(words.filter((word) => word.startsWith('--') && !known.includes(word))).toEqual([]);
    }
    const run = await optionsOf(['run']);
    const start = await optionsOf(['campaign', 'start']);
    for (const option of ['--reporter', '--report'])
      for (const known of [run, start]) expect(known).toContain(option);
  });
});

describe('recipes: what belongs together', () => {
  it('use the action in the version of the package', () => {
    const versions = RECIPES.flatMap(({ text }) =>
      [...text.matchAll(/powercut\/powercut@(\S+)/g)].map(([, tag]) => tag),
    );
    expect(new Set(versions)).toEqual(new Set([`v${at(MANIFEST, 'version')}`]));
  });

  it('start the file that the package has as its command', () => {
    const files = RECIPES.flatMap(({ text }) =>
      [...text.matchAll(/node_modules\/powercut\/([\w/.]+)/g)].map(([, file]) => file),
    );
    expect(new Set(files)).toEqual(new Set([at(MANIFEST, 'bin', 'powercut')]));
  });

  it('are in the package', () => {
    expect(at(MANIFEST, 'files')).toContain('recipes');
  });

  it('have no secret in them, and no user named root', () => {
    for (const { path, text } of RECIPES) {
      // A URL with a password has a variable in its place.
      expect(`${path} ${text.match(/redis:\/\/:(?!\$[({])\S+@/)?.[0] ?? ''}`).toBe(`${path} `);
    }
    const [, image = ''] = recipe('recipes/docker/Dockerfile').text.split('USER ');
    expect(image).toMatch(/^node\n/);
    expect(image).toContain('ENTRYPOINT');
    expect(image).not.toMatch(/^USER/m);
  });

  it('never put what others wrote into a script of a shell', () => {
    const scripts = RECIPES.filter(isYaml)
      .flatMap((one) => documentsOf(one).flatMap((document) => valuesIn(document)))
      .filter(([key]) => key === 'run');
    expect(scripts.length).toBeGreaterThan(3);
    for (const [, script] of scripts) expect(script).not.toContain('${{');
  });

  it('give workflows the permissions that they need, and no more', () => {
    const permissions = ['suites', 'shards', 'matrix', 'nightly'].map((name) => [
      name,
      at(documentsOf(recipe(`recipes/github/${name}.yml`))[0], 'permissions'),
    ]);
    expect(permissions).toEqual([
      ['suites', { contents: 'read' }],
      ['shards', { contents: 'read' }],
      ['matrix', { contents: 'read' }],
      ['nightly', { contents: 'read', issues: 'write' }],
    ]);
  });

  it('give the action only inputs that it has', () => {
    const { text } = recipe('action.yml');
    const used = [...text.matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name);
    expect([...new Set(used)].sort()).toEqual(
      Object.keys(Object(at(documentsOf(recipe('action.yml'))[0], 'inputs'))).sort(),
    );
  });
});

describe('recipes/kubernetes', () => {
  const files = RECIPES.filter(({ path }) => path.startsWith('recipes/kubernetes/'));
  const objects = files.flatMap(documentsOf);
  const pods = objects.flatMap((object) => {
    const spec = at(object, 'spec', 'template', 'spec');
    return spec === undefined
      ? []
      : [{ kind: String(at(object, 'kind')), name: JSON.stringify(at(object, 'metadata')), spec }];
  });
  const containers = pods.flatMap(({ spec }) => at(spec, 'containers')).flat();

  it('has five programs, none of them root or with rights that it does not need', () => {
    expect(pods.map(({ kind }) => kind).sort()).toEqual(['Deployment', 'Job', 'Job', 'Job', 'StatefulSet']);
    for (const { spec } of pods) {
      expect(at(spec, 'securityContext', 'runAsNonRoot')).toBe(true);
      expect(at(spec, 'automountServiceAccountToken')).toBe(false);
    }
    expect(containers).toHaveLength(5);
    for (const container of containers)
      expect(at(container, 'securityContext')).toEqual({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      });
  });

  it('explores as many shards as there are indices', () => {
    const job = objects.find((object) => at(object, 'metadata', 'name') === 'powercut-shards');
    const count = at(job, 'spec', 'completions');
    expect(at(job, 'spec', 'parallelism')).toBe(count);
    expect(at(job, 'spec', 'template', 'spec', 'containers', 0, 'env')).toEqual([
      { name: 'SHARDS', value: String(count) },
    ]);
  });

  it('uses keys of the secret that redis.yaml says how to make', () => {
    const made = [...recipe('recipes/kubernetes/redis.yaml').text.matchAll(/--from-literal=([\w-]+)=/g)].map(
      ([, key]) => key,
    );
    const used = objects
      .flatMap((object) => valuesIn(object))
      .flatMap(([key, value]) => (key === 'secretKeyRef' ? [value] : []));
    expect(used).toHaveLength(5);
    for (const reference of used) {
      expect(at(reference, 'name')).toBe('powercut');
      expect(made).toContain(at(reference, 'key'));
    }
  });

  it('lets those reach the Redis that know its address', () => {
    const service = objects.find((object) => at(object, 'kind') === 'Service');
    const address = `${at(service, 'metadata', 'name')}:${at(service, 'spec', 'ports', 0, 'port')}`;
    const label = objects
      .filter((object) => JSON.stringify(object).includes('POWERCUT_QUEUE'))
      .map((object) => {
        expect(JSON.stringify(object)).toContain(`@${address}"`);
        return at(object, 'spec', 'template', 'metadata', 'labels', 'powercut-queue');
      });
    expect(label).toEqual(['yes', 'yes']);
    const policy = objects.find((object) => at(object, 'kind') === 'NetworkPolicy');
    expect(at(policy, 'spec', 'ingress', 0, 'from', 0, 'podSelector', 'matchLabels')).toEqual({
      'powercut-queue': 'yes',
    });
  });

  it('gives workers as many places as their limit has cores', () => {
    const worker = containers.find((container) => at(container, 'name') === 'worker');
    const places = at(worker, 'args', 2);
    expect(places).toBe(at(worker, 'resources', 'limits', 'cpu'));
  });

  it('selects the pods that its objects make', () => {
    for (const object of objects) {
      const selected = at(object, 'spec', 'selector', 'matchLabels');
      if (selected === undefined) continue;
      expect(at(object, 'spec', 'template', 'metadata', 'labels')).toMatchObject(Object(selected));
    }
  });
});

describe('recipes/docker/compose.yaml', () => {
  const [file] = documentsOf(recipe('recipes/docker/compose.yaml'));

  it('refuses to start without either secret', () => {
    const { POWERCUT_QUEUE, POWERCUT_CAMPAIGN_KEY } = Object(at(file, 'services', 'worker', 'environment'));
    expect(POWERCUT_CAMPAIGN_KEY).toMatch(/^\$\{POWERCUT_CAMPAIGN_KEY:\?/);
    expect(POWERCUT_QUEUE).toMatch(/^redis:\/\/:\$\{REDIS_PASSWORD:\?[^}]+\}@redis:6379$/);
    expect(at(file, 'services', 'redis', 'environment', 'REDIS_PASSWORD')).toMatch(/^\$\{REDIS_PASSWORD:\?/);
  });

  it('starts the same image for workers and campaigns', () => {
    expect(at(file, 'services', 'campaign', 'image')).toBe(at(file, 'services', 'worker', 'image'));
    expect(at(file, 'services', 'campaign', 'environment')).toEqual(
      at(file, 'services', 'worker', 'environment'),
    );
  });
});
