/**
 * `npm run soak [seconds]`: a store on the real disk under concurrent writers and subscribers, killed with SIGKILL every
 * second or so and started again. After each kill everything that was acknowledged must be there, unchanged and in
 * its place; memory and descriptors of the working process are told, so that one sees them creep.
 *
 * A killed process leaves what it wrote in the system's cache: this is no power cut. It shows that the real file system
 * and the simulated one agree on what a restart finds.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { realEnvironment } from '../src/environment.js';
import { openEventStore } from '../src/event-store/index.js';

const WRITERS = 16;
const STREAMS_PER_WRITER = 4;
const SUBSCRIBERS = 4;
const LIFE_MS = { least: 300, most: 2500 };
const DEFAULT_SECONDS = 60;
const OPTIONS = { segmentBytes: 1024 * 1024 };

/** What the working process says: an acknowledged append, or what it holds. */
type Said =
  | { readonly id: string; readonly position: string }
  | { readonly rssBytes: number; readonly descriptors: number };

/** Resolves when the pipe has taken it. What is lost with the process is one acknowledgement less to check. */
const say = (said: Said): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(`${JSON.stringify(said)}\n`, () => resolve());
  });

/** Lives until it is killed. */
const work = async (directory: string): Promise<void> => {
  const store = await openEventStore(realEnvironment(), directory, OPTIONS);
  const write = async (writer: number): Promise<never> => {
    for (let turn = 0; ; turn++) {
      const stream = `writer-${writer}-${turn % STREAMS_PER_WRITER}`;
      const version = store.streamVersion(stream);
      // Named by its place, so that an append whose answer was lost is repeated, and not done twice.
      const messageId = `${stream}-${version + 1n}`;
      const events = [{ type: 'written', data: { messageId, filler: 'x'.repeat(turn % 300) }, messageId }];
      const { lastEventGlobalPosition } = await store.appendToStream(stream, events, {
        expectedStreamVersion: version,
      });
      await say({ id: messageId, position: String(lastEventGlobalPosition) });
      if (writer === 0 && turn % 100 === 0) {
        const descriptors = readdirSync('/proc/self/fd').length;
        await say({ rssBytes: process.memoryUsage.rss(), descriptors });
      }
    }
  };
  const subscribe = async (): Promise<void> => {
    let last = 0n;
    for await (const { metadata } of store.subscribeToAll()) {
      if (metadata.globalPosition !== last + 1n) {
        throw new Error(`after event ${last} the subscription gave ${metadata.globalPosition}`);
      }
      last = metadata.globalPosition;
    }
  };
  await Promise.all([
    ...Array.from({ length: SUBSCRIBERS }, subscribe),
    ...Array.from({ length: WRITERS }, (_, writer) => write(writer)),
  ]);
};

/** Everything in the store is what was acknowledged, or was in flight; nothing acknowledged is missing. */
const check = async (directory: string, acknowledged: ReadonlyMap<string, string>): Promise<number> => {
  const store = await openEventStore(realEnvironment(), directory, OPTIONS);
  const events = await store.readAll();
  const positions = new Map(
    events.map(({ metadata }) => [metadata.messageId, String(metadata.globalPosition)]),
  );
  await store.close();
  if (positions.size !== events.length) throw new Error('a message is there twice');
  for (const [id, position] of acknowledged) {
    if (positions.get(id) !== position) {
      throw new Error(`${id} was acknowledged at ${position}, and is at ${positions.get(id) ?? 'no place'}`);
    }
  }
  return events.length;
};

const soak = async (seconds: number): Promise<void> => {
  const directory = await mkdtemp(fileURLToPath(new URL('../.bench-', import.meta.url)));
  const acknowledged = new Map<string, string>();
  const until = Date.now() + seconds * 1000;
  for (let life = 1; Date.now() < until; life++) {
    const args = ['--import', 'tsx', fileURLToPath(import.meta.url), '--work', directory];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const dead = once(child, 'exit');
    const before = acknowledged.size;
    let held: Extract<Said, { rssBytes: number }> | undefined;
    let begun = false;
    for await (const line of createInterface({ input: child.stdout })) {
      const said = JSON.parse(line) as Said; // a line of `say`
      // Its life counts from the first word: starting takes its time.
      if (!begun) {
        begun = true;
        setTimeout(
          () => child.kill('SIGKILL'),
          LIFE_MS.least + Math.random() * (LIFE_MS.most - LIFE_MS.least),
        );
      }
      if ('id' in said) acknowledged.set(said.id, said.position);
      else held = said;
    }
    const [, signal] = await dead;
    if (signal !== 'SIGKILL') throw new Error('the working process ended by itself');
    const events = await check(directory, acknowledged);
    const megabytes = Math.round((held?.rssBytes ?? 0) / 1024 / 1024);
    console.log(
      `life ${life}: ${acknowledged.size - before} appends, ${events} events in all, nothing lost; ${megabytes} MB, ${held?.descriptors ?? '?'} descriptors`,
    );
  }
  await rm(directory, { recursive: true });
};

const [mode, directory] = process.argv.slice(2);
if (mode === '--work' && directory !== undefined) await work(directory);
else await soak(mode === undefined ? DEFAULT_SECONDS : Number(mode));
