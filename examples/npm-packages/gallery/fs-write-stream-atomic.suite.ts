import type { Writable } from 'node:stream';
import { fileWriter, load } from './load.js';

type Stream = new (path: string) => Writable;

export default fileWriter('fs-write-stream-atomic', () => {
  const WriteStream = load<Stream>('fs-write-stream-atomic');
  return (path, text) =>
    new Promise((resolve, reject) => {
      new WriteStream(path).on('finish', resolve).on('error', reject).end(text);
    });
});
