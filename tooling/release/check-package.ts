/** `npm run check:package`: packs what is built, and prints what would not work after `npm install`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../sources.js';
import { packageProblems } from './package-problems.js';
import { pack } from './tarball.js';

const directory = await mkdtemp(join(tmpdir(), 'powercut-pack-'));
try {
  const { bytes } = await pack(ROOT, directory);
  const problems = await packageProblems(bytes);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
} finally {
  await rm(directory, { recursive: true });
}
