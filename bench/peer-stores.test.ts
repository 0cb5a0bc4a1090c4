import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { peersSeenFrom } from './peer-stores.js';

const root = new URL('../', import.meta.url);

// The benchmark is run compiled. It once looked for its peers beside the compiled file, and said they were not installed.
test.each(['bench/peer-stores.ts', '.bench-built/bench/peer-stores.js'])(
  'the peers are found from %s',
  (file) => {
    expect(fileURLToPath(peersSeenFrom(new URL(file, root).href))).toBe(
      fileURLToPath(new URL('bench/peers/', root)),
    );
  },
);

test('a file without peers near it is told so', () => {
  expect(() => peersSeenFrom('file:///nowhere/at/all.js')).toThrow(
    'not where file:///nowhere/at/all.js looks',
  );
});
