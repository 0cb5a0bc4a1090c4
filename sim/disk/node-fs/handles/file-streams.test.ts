/** Streams in a life whose classes the program replaces. All else about streams is among the forms that are tried on both disks. */
import fs from 'node:fs';
import { finished } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { live } from '../../../testing/live.js';

type Constructor = new (path: string) => fs.WriteStream;

describe('fs.WriteStream: a program that replaces the class', () => {
  it.each([
    ['by assigning it', (own: Constructor) => Reflect.set(fs, 'WriteStream', own)],
    [
      'by a getter, as graceful-fs does',
      (own: Constructor) =>
        Reflect.defineProperty(fs, 'WriteStream', {
          get: () => own,
          set: () => {},
          configurable: true,
          enumerable: true,
        }),
    ],
  ])('gets that class from createWriteStream: %s', async (_how, replace) => {
    const before = Object.getOwnPropertyDescriptor(fs, 'WriteStream') ?? {};
    let told: unknown;
    const lived = await live(async () => {
      class Own extends fs.WriteStream {}
      replace(Own as unknown as Constructor); // Node's types hide how it is constructed
      const stream = fs.createWriteStream('/f');
      stream.end('text');
      await finished(stream);
      told = [stream instanceof Own, fs.readFileSync('/f', 'utf8')];
    }).finally(() => Reflect.defineProperty(fs, 'WriteStream', before));
    expect(lived).toEqual({ error: undefined, failures: [] });
    expect(told).toEqual([true, 'text']);
  });
});
