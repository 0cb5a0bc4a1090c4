/** The package, packed and installed, as those meet it who import it. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Consumer, INSTALL_MS_MAX, installForConsumer } from './consumer.js';

const manifest: unknown = createRequire(import.meta.url)('../package.json');

let consumer: Consumer;
beforeAll(async () => {
  consumer = await installForConsumer();
  return consumer.remove;
}, INSTALL_MS_MAX);

const COUNTER = `
import { defineSuite, fc, type Invariant, type SimulatedEnvironment } from 'powercut';

interface Counter { value(): number; increment(): Promise<void> }
type Increment = { readonly type: 'increment' };

const open = async ({ fs }: SimulatedEnvironment): Promise<Counter> => {
  const text = await fs.readFile('/counter', 'utf8').catch(() => '0');
  let value = Number(text);
  return {
    value: () => value,
    increment: async () => {
      value += 1;
      await fs.writeFile('/counter', String(value));
    },
  };
};

const survives: Invariant<Counter, Increment> = {
  name: 'acknowledged increments survive',
  statement: 'The counter is never below the number of acknowledged increments.',
  check: (history, counter) => {
    const done = history.commands.filter(({ outcome }) => outcome.status === 'acknowledged').length;
    return counter.value() >= done ? undefined : \`\${done} acknowledged, \${counter.value()} counted\`;
  },
};

export default defineSuite({
  name: 'a counter that never syncs',
  boot: open,
  commands: fc.array(fc.constant<Increment>({ type: 'increment' }), { minLength: 1, maxLength: 2 }),
  perform: (counter) => counter.increment(),
  invariants: [survives],
  expected: 'unsafe',
});
`;

const TSCONFIG = (module: 'NodeNext' | 'ESNext', moduleResolution: 'NodeNext' | 'Bundler'): string =>
  JSON.stringify({
    compilerOptions: {
      target: 'ES2022',
      module,
      moduleResolution,
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: true,
    },
    include: ['*.ts'],
  });

describe('npm pack: the packed package', () => {
  it.each([
    ['powercut', ['defineSuite', 'fc', 'exploreSuite', 'replay', 'DEFAULT_OPTIONS', 'observation']],
    ['powercut/store', ['openEventStore', 'realEnvironment', 'STREAM_DOES_NOT_EXIST', 'BEGINNING']],
    ['powercut/node-fs', ['onSimulatedDisk', 'freshRequire']],
  ])('%s gives what it documents', async (specifier, names) => {
    await consumer.write(
      'names.mjs',
      `import * as exported from '${specifier}'; console.log(JSON.stringify(Object.keys(exported)));`,
    );
    const { code, output } = await consumer.run('node names.mjs');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(JSON.parse(output)).toEqual(expect.arrayContaining(names));
  });

  it('has a command that npx finds', async () => {
    const npx = join(dirname(process.execPath), 'npx');
    const { code, output } = await consumer.run(`${npx} powercut --version`);
    expect({ code, output }).toEqual({ code: 0, output: `${Reflect.get(Object(manifest), 'version')}\n` });
  });

  it('gives its schema and its manifest', async () => {
    await consumer.write(
      'files.cjs',
      `console.log(require('powercut/result.schema.json').type, require('powercut/package.json').name);`,
    );
    expect(await consumer.run('node files.cjs')).toEqual({ code: 0, output: 'object powercut\n' });
  });

  it('keeps everything else to itself', async () => {
    await consumer.write('inside.mjs', `import 'powercut/dist/sim/world.js';`);
    const { code, output } = await consumer.run('node inside.mjs');
    expect(code).toBe(1);
    expect(output).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it('ships no tests and nothing made for them', async () => {
    const { output } = await consumer.run(
      "cd node_modules/powercut && find . -type f | grep -E '\\.test\\.|browser-test|viewer-test|/testing/|/fixtures/|long-test' || true",
    );
    expect(output).toBe('');
  });

  it.each([
    ['NodeNext', 'NodeNext'],
    ['ESNext', 'Bundler'],
  ] as const)('type-checks a suite under module %s, resolution %s', async (module, resolution) => {
    await consumer.write('counter.suite.ts', COUNTER);
    await consumer.write(
      'all.ts',
      `import suite from './counter.suite.js';
       import { openEventStore } from 'powercut/store';
       import { onSimulatedDisk } from 'powercut/node-fs';
       import { testSuite } from 'powercut/vitest';
       export const all = [suite, openEventStore, onSimulatedDisk, testSuite];
       // @ts-expect-error a suite without a name is none
       onSimulatedDisk(1);`,
    );
    await consumer.write('tsconfig.json', TSCONFIG(module, resolution));
    expect(await consumer.run('tsc -p .')).toEqual({ code: 0, output: '' });
  });

  it('sets up a project whose first suite and test fail, and whose suite type-checks', async () => {
    await consumer.write(
      'first/package.json',
      '{ "type": "module", "devDependencies": { "typescript": "*", "vitest": "*" } }',
    );
    await consumer.write('first/tsconfig.json', TSCONFIG('NodeNext', 'NodeNext'));
    expect(await consumer.run('cd first && powercut init')).toMatchObject({ code: 0 });
    const run = await consumer.run('cd first && powercut run . --runs 5 --workloads 2 --depth 1');
    expect(run).toMatchObject({ code: 1, output: expect.stringContaining('were acknowledged, and it says') });
    const test = await consumer.run('cd first && vitest run --root .');
    expect(test).toMatchObject({
      code: 1,
      output: expect.stringContaining('were acknowledged, and it says'),
    });
    expect(test.output).toContain('2 failed');
    expect(test.output).toMatch(/npx powercut replay pc\d\.\S+ counter\.suite\.ts/);
    const selected = await consumer.run('cd first && vitest run --root . -t durability');
    expect(selected).toMatchObject({
      code: 1,
      output: expect.stringContaining('1 failed | 1 skipped'),
    });
    expect(selected.output).toContain('THE POWER FAILS');
    const { output } = await consumer.run('cat first/reports/out/result.json');
    expect(output).not.toContain('MODULE_STATE_NOT_CHECKED');
    expect(output).toContain('"file": "counter.suite.ts"');
    const verdict = await consumer.run('cd first && vitest run --root . -t "is safe"');
    expect(verdict.output).toContain('THE POWER FAILS');
    expect(await consumer.run('cd first && tsc -p . --noEmit')).toEqual({ code: 0, output: '' });
    // Other tests run all that is below.
    expect(await consumer.run('rm -r first')).toMatchObject({ code: 0 });
  }, 180_000);

  it('runs a suite from its command line', async () => {
    await consumer.write('counter.suite.ts', COUNTER);
    const { code, output } = await consumer.run(
      'powercut run counter.suite.ts --runs 5 --workloads 2 --depth 1',
    );
    expect(output).toContain('a counter that never syncs');
    expect(code).toBe(0);
  });

  it("runs a suite among Vitest's tests", async () => {
    await consumer.write('counter.suite.ts', COUNTER);
    await consumer.write(
      'counter.test.ts',
      `import { testSuite } from 'powercut/vitest';
       import suite from './counter.suite.js';
       testSuite(suite, { runs: 5, workloads: 2, depth: 1 });
       const safe = { ...suite, name: 'taken for safe', expected: 'safe' } as const;
       testSuite(safe, { runs: 5, workloads: 2, depth: 1 });
       const kept = { name: 'kept', statement: 'Nothing.', check: () => undefined };
       const invariants = [...suite.invariants, kept];
       testSuite({ ...safe, name: 'stopped', invariants }, { runs: 5, workloads: 2, depth: 1, bail: true, corpus: false });`,
    );
    const { code, output } = await consumer.run('vitest run --root .');
    expect(code).toBe(1);
    // The verdicts, and the invariant in both; 'kept' is not known where the exploration stopped.
    expect(output).toContain('4 failed | 1 passed | 1 skipped');
    expect(output).toContain('See the test of acknowledged increments survive');
    expect(output).toContain('powercut replay');
  });

  it('loads a suite of a project that says nothing of modules', async () => {
    await consumer.write('old-style/package.json', '{ "name": "old-style" }');
    await consumer.write('old-style/counter.suite.ts', COUNTER);
    const { code, output } = await consumer.run(
      'cd old-style && powercut run counter.suite.ts --runs 5 --workloads 2 --depth 1',
    );
    expect({ code, output }).toMatchObject({ code: 0 });
  });
});

describe('testSuite: a run of Vitest', () => {
  const OPTIONS = "{ runs: 5, workloads: 2, depth: 1, file: 'counter.suite.ts' }";
  beforeAll(async () => {
    await consumer.write('tested/package.json', '{ "name": "tested", "type": "module" }');
    await consumer.write('tested/counter.suite.ts', COUNTER);
    const test = (suite: string) =>
      `import { testSuite } from 'powercut/vitest';
       import suite from './counter.suite.js';
       testSuite(${suite}, ${OPTIONS});`;
    await consumer.write('tested/unsafe.test.ts', test('suite'));
    await consumer.write('tested/broken.test.ts', test("{ ...suite, name: 'broken', expected: 'safe' }"));
  });
  const vitest = (options: string) => consumer.run(`cd tested && vitest run --root . ${options}`);
  const suitesIn = async (path: string): Promise<unknown> => {
    const { output } = await consumer.run(`cat tested/${path}/result.json`);
    const { suites }: { suites: { name: string; verdict: string }[] } = JSON.parse(output);
    return suites.map(({ name, verdict }) => [name, verdict]);
  };
  const BOTH = [
    ['broken', 'violated'],
    ['a counter that never syncs', 'violated'],
  ];

  it('shows the story of a failure, no stack, and writes the report', async () => {
    const { code, output } = await vitest('--reporter=default --reporter=powercut/vitest-reporter');
    expect(code).toBe(1);
    expect(output).toContain('broken: violated, though expected safe');
    expect(output).toContain('THE POWER FAILS');
    expect(output).toMatch(/npx powercut replay pc\d\.\S+ counter\.suite\.ts/);
    expect(output).not.toMatch(/dist\/exports|at .*\.js:\d+/);
    expect(output).toMatch(/Report: .*reports\/out\/index\.html/);
    const page = await consumer.run('cat tested/reports/out/index.html');
    expect(page.output).toContain('navigator.clipboard');
    expect(page.output).toContain('prefers-color-scheme');
    expect(await suitesIn('reports/out')).toEqual(BOTH);
  });

  it('has one report of all its shards, merged', async () => {
    const shards = ['1/2', '2/2'];
    for (const shard of shards)
      await vitest(`--reporter=blob --shard=${shard} --outputFile=blobs/${shard[0]}.json`);
    await consumer.run('rm -rf tested/reports');
    const { code } = await vitest('--merge-reports=blobs --reporter=powercut/vitest-reporter');
    expect(code).toBe(1);
    expect(await suitesIn('reports/out')).toEqual(BOTH);
    // Three runs of Vitest, one after the other.
  }, 180_000);
});
