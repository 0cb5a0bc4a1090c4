/**
 * `npm run release`: makes a release and stops before it is published. It needs a clean work tree.
 *
 * 1. Takes the version from the changelog, and writes it to package.json, package-lock.json and CHANGELOG.md.
 * 2. Builds from nothing, and runs `npm run check`.
 * 3. Packs into .powercut/release, installs the tarball into an empty project, and runs it there.
 * 4. Prints the commands that commit, tag and publish. Running them is up to you.
 *
 * Run `npm run test:all` and `npm run test:deep` before. After a failure, `git restore .` takes the version back.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ROOT } from '../sources.js';
import { nextVersion, ReleaseError, withRelease } from './changelog.js';
import { leftovers } from './leftovers.js';
import { packageProblems } from './package-problems.js';
import { pack } from './tarball.js';

const SMOKE = `
import { defineSuite, exploreSuite } from 'powercut';
import { openEventStore } from 'powercut/store';
import 'powercut/node-fs';
if ([defineSuite, exploreSuite, openEventStore].some((value) => typeof value !== 'function')) process.exit(1);
`;

const run = (command: string, args: readonly string[], cwd = ROOT): void => {
  console.log(`> ${command} ${args.join(' ')}`);
  execFileSync(command, args, { cwd, stdio: 'inherit' });
};

const requireCleanTree = (): void => {
  const changes = execFileSync('git', ['status', '--porcelain'], { cwd: ROOT, encoding: 'utf8' });
  if (changes !== '') throw new ReleaseError(`The work tree has changes. Commit or stash them:\n${changes}`);
};

const bump = (): string => {
  const manifest: { readonly version: string } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const path = join(ROOT, 'CHANGELOG.md');
  const changelog = readFileSync(path, 'utf8');
  const version = nextVersion(changelog, manifest.version);
  writeFileSync(path, withRelease(changelog, version, new Date().toISOString().slice(0, 10)));
  run('npm', ['version', version, '--no-git-tag-version', '--allow-same-version']);
  return version;
};

/** What a user does first: installs the package, imports its entries, calls its command. */
const tryOut = (tarball: string): void => {
  const directory = mkdtempSync(join(tmpdir(), 'powercut-release-'));
  try {
    writeFileSync(join(directory, 'package.json'), '{ "private": true, "type": "module" }');
    run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', tarball], directory);
    writeFileSync(join(directory, 'smoke.js'), SMOKE);
    run(process.execPath, ['smoke.js'], directory);
    run('npx', ['powercut', '--help'], directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
};

const release = async (): Promise<void> => {
  requireCleanTree();
  const version = bump();
  // What an earlier layout left in dist would be packed, too.
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
  run('npm', ['run', 'build']);
  run('npm', ['run', 'check']);
  const destination = join(ROOT, '.powercut', 'release');
  mkdirSync(destination, { recursive: true });
  const { file, bytes, paths } = await pack(ROOT, destination);
  const problems = [
    ...(await packageProblems(bytes)),
    ...leftovers(paths, (path) => existsSync(join(ROOT, path))),
  ];
  if (problems.length > 0) throw new ReleaseError(`The package has problems:\n${problems.join('\n')}`);
  tryOut(file);
  console.log(`
${relative(ROOT, file)} is ready, and nothing is published. Next:

    git commit --all --message "release: ${version}"
    git tag v${version}
    git push origin main v${version}
    npm publish ${relative(ROOT, file)}`);
};

try {
  await release();
} catch (error) {
  console.error(error instanceof ReleaseError ? error.message : error);
  process.exitCode = 1;
}
