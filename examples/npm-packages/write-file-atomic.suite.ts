/**
 * `write-file-atomic` 7, as it is on npm: writes beside the file, syncs that, and renames. It never leaves half a file.
 * It does not sync the directory: the rename may be lost, and the old file be there again.
 *
 * The names of its temporary files hash its installation path. So digests and tokens are the same wherever one checkout
 * runs, but not in a checkout elsewhere. The findings are the same everywhere.
 */
import { createRequire } from 'node:module';
import { defineSuite } from 'powercut';
import { freshRequire, onSimulatedDisk } from 'powercut/node-fs';
import { describeWrite, isLatest, isWhole, NOTE_FILE, type Notes, writes } from './note.js';

const require = createRequire(import.meta.url);

export default defineSuite({
  name: 'write-file-atomic',
  boot: onSimulatedDisk((): Notes => {
    // It keeps a queue and a counter in variables of its own; no restarted process finds those.
    const writeFileAtomic = freshRequire(require, 'write-file-atomic') as typeof import('write-file-atomic'); // that package's own type
    return { write: (text) => writeFileAtomic(NOTE_FILE, text) };
  }),
  commands: writes,
  perform: (notes, { text }) => notes.write(text),
  invariants: [isWhole, isLatest],
  describe: describeWrite,
  expected: 'unsafe',
});
