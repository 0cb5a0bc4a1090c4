/**
 * `powercut-store`: the store alone, for those who run it and do not need the simulator. It is made from the same compiled
 * files as `powercut/store`, and depends on no other package: its command line has the one package it needs built in.
 */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../sources.js';

const ENTRY = 'exports/store';
const CLI = 'cli/store/main.js';
const BUILT_IN = 'commander';
/** Packages for CommonJS ask for Node's modules by `require`, which ES modules do not have. */
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
/** What the manifest has from the one of `powercut`. */
const SHARED = ['version', 'license', 'type', 'engines', 'author', 'repository', 'bugs', 'homepage'] as const;

/** Relative imports of compiled code or types. */
const imported = (text: string): readonly string[] =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g)].map(([, path = '']) => path);

/** The files below `built` that one of them needs, itself included. Of types, `.d.ts`, as of code. */
const reachable = async (
  built: string,
  entry: string,
  ending: '.js' | '.d.ts',
): Promise<ReadonlySet<string>> => {
  const found = new Set<string>();
  const visit = async (path: string): Promise<void> => {
    if (found.has(path)) return;
    found.add(path);
    for (const other of imported(await readFile(path, 'utf8')))
      await visit(join(dirname(path), other.replace(/\.js$/, ending)));
  };
  await visit(join(built, `${entry}${ending}`));
  return found;
};

const manifest = async (): Promise<string> => {
  const own: unknown = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const shared = SHARED.map((field) => [field, Reflect.get(Object(own), field)] as const);
  return JSON.stringify(
    {
      name: 'powercut-store',
      description: 'An event store on plain files, tested at every power cut, with feeder and read models.',
      keywords: ['event-sourcing', 'event-store', 'append-only', 'crash-consistency', 'read-model'],
      ...Object.fromEntries(shared.filter(([, value]) => value !== undefined)),
      files: ['dist', 'THIRD_PARTY_LICENSES'],
      sideEffects: false,
      bin: { 'powercut-store': 'dist/cli.js' },
      exports: {
        '.': { types: './dist/exports/store.d.ts', default: './dist/exports/store.js' },
        './package.json': './package.json',
      },
    },
    undefined,
    2,
  );
};

/** Puts the package together in `staging`, from what is compiled in `built`. */
export const stageStorePackage = async (built: string, staging: string): Promise<void> => {
  await mkdir(staging, { recursive: true });
  for (const ending of ['.js', '.d.ts'] as const) {
    for (const path of await reachable(built, ENTRY, ending)) {
      const copy = join(staging, 'dist', relative(built, path));
      await mkdir(dirname(copy), { recursive: true });
      await cp(path, copy);
    }
  }
  await build({
    entryPoints: [join(built, CLI)],
    outfile: join(staging, 'dist/cli.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: REQUIRE },
    nodePaths: [join(ROOT, 'node_modules')],
    logLevel: 'silent',
  });
  await writeFile(join(staging, 'package.json'), `${await manifest()}\n`);
  await cp(join(ROOT, 'tooling/release/store-readme.md'), join(staging, 'README.md'));
  await cp(join(ROOT, 'LICENSE'), join(staging, 'LICENSE'));
  const license = await readFile(join(ROOT, 'node_modules', BUILT_IN, 'LICENSE'), 'utf8');
  await writeFile(join(staging, 'THIRD_PARTY_LICENSES'), `dist/cli.js contains ${BUILT_IN}:\n\n${license}`);
};
