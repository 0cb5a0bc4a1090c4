/**
 * `fs-extra` 11: `outputFile` writes in place and syncs nothing (lib/output-file/index.js:16), so a power cut leaves part of the
 * file, and a kill of the process an empty one. `move` that overwrites removes the target before it renames (lib/move/move.js:31
 * and :39): between the two there is nothing.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { keeping, load } from './kept.js';

interface FsExtra {
  outputFile(path: string, text: string): Promise<void>;
  move(from: string, to: string, options: { readonly overwrite: boolean }): Promise<void>;
}

const NOTE = '/notes/note.txt';
const read = (): string | undefined => (existsSync(NOTE) ? readFileSync(NOTE, 'utf8') : undefined);

export default keeping('fs-extra outputFile', () => {
  const { outputFile } = load('fs-extra') as FsExtra; // what it exports
  return { put: (text) => outputFile(NOTE, text), get: read };
});

export const move = keeping('fs-extra move', () => {
  const { move } = load('fs-extra') as FsExtra; // what it exports
  const put = (text: string): Promise<void> => {
    writeFileSync('/draft.txt', text, { flush: true });
    return move('/draft.txt', NOTE, { overwrite: true });
  };
  return { put, get: read };
});
