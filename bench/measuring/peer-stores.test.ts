import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { peersSeenFrom } from './peer-stores.js';

const root = new URL('../../', import.meta.url);

// The benchmark is run compiled. It once looked for its peers beside the compiled file, and said they were not installed.
test.each(['bench/measuring/peer-stores.ts', '.bench-built/bench/measuring/peer-stores.js'])(
  'peersSeenFrom: the peers are found from %s',
  (file) => {
    expect(fileURLToPath(peersSeenFrom(new URL(file, root).href))).toBe(
      fileURLToPath(new URL('bench/peers/', root)),
    );
  },
);

test('peersSeenFrom: a file without peers near it gets the command that installs them', () => {
  expect(() => peersSeenFrom('file:///nowhere/at/all.js')).toThrow(
    'not where file:///nowhere/at/all.js looks',
  );
});
