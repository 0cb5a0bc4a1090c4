/**
 * steno, unmodified: it writes a temporary file and renames it, and syncs neither. After a power cut the new name may
 * lead to a file whose bytes never reached the disk.
 *
 *   npx powercut run examples/steno/steno.suite.ts
 */
import { Writer } from 'steno';
import { defineSuite } from '../../exports/index.js';
import { onSimulatedDisk } from '../../exports/node-fs.js';
import { acknowledgedSavesSurvive, describeSave, FILE, neverTorn, saves, textOf } from '../text-file.js';
import { openTextFile } from '../text-file-life.js';

export default defineSuite({
  name: 'steno',
  boot: onSimulatedDisk((env) => {
    const writer = new Writer(FILE);
    return openTextFile(env, (text) => writer.write(text));
  }),
  commands: saves,
  perform: (file, command, { index }) => file.save(textOf(index, command)),
  invariants: [neverTorn, acknowledgedSavesSurvive],
  describe: describeSave,
  expected: 'unsafe',
});
