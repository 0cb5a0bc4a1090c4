/**
 * `steno` 4, as it is on npm: writes beside the file, renames, and syncs nothing. A power cut can leave the file empty
 * or in part, long after it was acknowledged; a kill of the process alone can not.
 */

import { defineSuite } from 'powercut';
import { onSimulatedDisk } from 'powercut/node-fs';
import { Writer } from 'steno';
import { describeWrite, isLatest, isWhole, NOTE_FILE, type Notes, writes } from './note.js';

export default defineSuite({
  name: 'steno',
  boot: onSimulatedDisk((): Notes => {
    const writer = new Writer(NOTE_FILE);
    return { write: (text) => writer.write(text) };
  }),
  commands: writes,
  perform: (notes, { text }) => notes.write(text),
  invariants: [isWhole, isLatest],
  describe: describeWrite,
  expected: 'unsafe',
});
