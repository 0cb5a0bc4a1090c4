/** `npm run check:prose`: refuses listed phrases in the text that users read. Exit code 1 if there is one. */
import { check, visibleTexts } from './prose.js';

const sentences = check(visibleTexts());
for (const sentence of sentences) console.error(sentence);
process.exitCode = sentences.length === 0 ? 0 : 1;
