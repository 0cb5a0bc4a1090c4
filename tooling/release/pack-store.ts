/** `npm run pack:store`: packs the store alone, as `powercut-store`, from what is compiled in `dist`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { commandOf } from '../command.js';
import { ROOT } from '../sources.js';
import { packageProblems } from './package-problems.js';
import { stageStorePackage } from './store-package.js';
import { pack } from './tarball.js';

const [destination] = commandOf(
  'pack:store',
  'Packs the store alone, without the simulator and without dependencies.',
)
  .argument('[directory]', 'where the tarball goes', '.')
  .parse().processedArgs as [string]; // the argument, as it was taken
const staging = await mkdtemp(join(tmpdir(), 'powercut-store-'));
try {
  await stageStorePackage(join(ROOT, 'dist'), staging);
  const { file, bytes } = await pack(staging, resolve(destination));
  console.log(file);
  const problems = await packageProblems(bytes);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
} finally {
  await rm(staging, { recursive: true });
}
