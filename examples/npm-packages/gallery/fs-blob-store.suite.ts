import type { Writable } from 'node:stream';
import { called, fileWriter, load } from './load.js';

type Blobs = { createWriteStream(key: string, done: (error?: unknown) => void): Writable };

export default fileWriter('fs-blob-store', () => {
  const blobs = load<(path: string) => Blobs>('fs-blob-store')('/');
  return (path, text) => called((done) => blobs.createWriteStream(path, done).end(text));
});
