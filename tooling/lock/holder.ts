/** A process that opens a store, says so, appends, and keeps it until it is killed; or says why it could not open it. */
import { closeSync, openSync } from 'node:fs';
import { openEventStore } from '../../src/event-store/index.js';
import { realEnvironment } from '../../src/real-environment.js';

const [directory = '', free] = process.argv.slice(2);

/** Uses up the descriptors of this process but for a few. */
const useUpDescriptors = (left: number): void => {
  const taken: number[] = [];
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch {
    for (const descriptor of taken.splice(0, left)) closeSync(descriptor);
  }
};

const env = realEnvironment();
if (free !== undefined) useUpDescriptors(Number(free));
try {
  const store = await openEventStore(env, directory);
  await store.appendToStream('held', [{ type: 't', data: process.pid }]);
  process.stdout.write('OPENED\n');
  setInterval(() => {}, 1000);
} catch (error) {
  process.stdout.write(`${error instanceof Error && 'code' in error ? String(error.code) : String(error)}\n`);
}
