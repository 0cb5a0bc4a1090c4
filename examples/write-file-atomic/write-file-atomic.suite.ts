/**
 * write-file-atomic, unmodified: it syncs the temporary file before it renames it, so the file is never torn; it does
 * not sync the directory, so the rename, and with it an acknowledged save, may be undone by a power cut.
 *
 *   npx powercut run examples/write-file-atomic/write-file-atomic.suite.ts
 */
import { createRequire } from 'node:module';
import type writeFileAtomic from 'write-file-atomic';
import { defineSuite } from '../../exports/index.js';
import { freshRequire, onSimulatedDisk } from '../../exports/node-fs.js';
import { acknowledgedSavesSurvive, describeSave, FILE, neverTorn, saves, textOf } from '../text-file.js';
import { openTextFile } from '../text-file-life.js';

const require = createRequire(import.meta.url);

export default defineSuite({
  name: 'write-file-atomic',
  boot: onSimulatedDisk((env) => {
    // Its queues and its counter of temporary names are the process's: each life needs them new.
    const write = freshRequire(require, 'write-file-atomic') as typeof writeFileAtomic; // what the package exports
    return openTextFile(env, (text) => write(FILE, text));
  }),
  commands: saves,
  perform: (file, command, { index }) => file.save(textOf(index, command)),
  invariants: [neverTorn, acknowledgedSavesSurvive],
  describe: describeSave,
  expected: 'unsafe',
});
