/**
 * `atomically` 2, as it is on npm, told not to wait for the fsync (`fsyncWait: false`): it renames the file while its
 * bytes may still be on their way, and never syncs the directory. A power cut can leave the file empty or in part.
 */
import { createRequire } from 'node:module';
import { defineSuite } from 'powercut';
import { freshRequire, onSimulatedDisk } from 'powercut/node-fs';
import { describeWrite, isLatest, isWhole, NOTE_FILE, type Notes, writes } from './note.js';

const require = createRequire(import.meta.url);

export default defineSuite({
  name: 'atomically',
  boot: onSimulatedDisk((): Notes => {
    // Its queue of writes is a variable of its own: a write that a power cut stopped would hold up all that follow.
    const { writeFile } = freshRequire(require, 'atomically') as typeof import('atomically'); // that package's own type
    return { write: (text) => writeFile(NOTE_FILE, text, { fsyncWait: false }) };
  }),
  commands: writes,
  perform: (notes, { text }) => notes.write(text),
  invariants: [isWhole, isLatest],
  describe: describeWrite,
  expected: 'unsafe',
});
