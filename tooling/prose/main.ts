/**
 * `npm run check:prose`: refuses listed phrases in the text that people read, and test names that do not begin with what they
 * test. Exit code 1 if there is one.
 */
import { readSources } from '../sources.js';
import { check, checkComments, FOLDERS_WITH_COMMENTS, visibleTexts } from './prose.js';
import { ungreppable } from './test-names.js';

const sources = readSources();
const sentences = [
  ...check(visibleTexts()),
  ...checkComments(readSources(FOLDERS_WITH_COMMENTS)),
  ...ungreppable(sources).map(
    ({ path, line, name }) =>
      `${path}:${line}: "${name}": begin the name with the function, command or file that is tested: "openEventStore: …"`,
  ),
];
for (const sentence of sentences) console.error(sentence);
process.exitCode = sentences.length === 0 ? 0 : 1;
