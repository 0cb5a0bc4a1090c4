/**
 * A worker process's second thread. It holds the pipe to the command line, which no suite can reach from its own thread. It
 * keeps running when a suite is in an endless loop: it then reports where, and ends the process when the command line is
 * gone.
 */
import { Socket } from 'node:net';
import { workerData } from 'node:worker_threads';
import type {
  FromWatchdog,
  SealedMessage,
  ToWatchdog,
  ToWorker,
  WatchdogData,
} from '../messages/messages.js';
import { FrameReader, FrameWriter, KEY_BYTES } from '../messages/wire.js';
import { stackOfMainThread } from './stack-of-main-thread.js';
import { LOADING, Whereabouts } from './whereabouts.js';

/** Of the pipe, in every worker process. */
const PIPE = 3;
const LOOK_MS = 500;
/** An event loop that stands still for longer than this is not just busy. */
const BUSY_MS_MAX = 1_500;
/** How long a worker that does not respond to `locate` has before it counts as stuck. */
const LAST_CHANCE_MS = 1_500;

const { memory, port, secret } = workerData as WatchdogData; // what cli/worker hands over
const where = new Whereabouts(memory);

const end = (): never => {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('unreachable: a process that is killed runs nothing');
};

const pipe = new Socket({ fd: PIPE, readable: true, writable: true });
// The other end is gone, or not to be understood: there is nothing left to do for anybody.
pipe.on('end', end);
pipe.on('close', end);
pipe.on('error', end);

let writer: FrameWriter | undefined;
const say = (message: FromWatchdog): void => void (writer !== undefined && pipe.write(writer.frame(message)));

/** Says where the suite is, once: to learn it halts the thread of the suite, for good. */
const tellStuck = async (): Promise<void> => {
  clearInterval(looking);
  const { doing } = where;
  // Where the event loop goes on, the stack shows nothing of the suite.
  const stack = silentMs() > BUSY_MS_MAX ? await stackOfMainThread() : [];
  say({ kind: 'stuck', doing, stack });
};

let silentMsMax = Number.POSITIVE_INFINITY;
let lastBeats = -1;
let lastBeatMs = performance.now();
/** How long the event loop of the suite's thread has stood still. */
const silentMs = (): number => {
  const { beats } = where;
  const now = performance.now();
  if (beats !== lastBeats) [lastBeats, lastBeatMs] = [beats, now];
  return now - lastBeatMs;
};
let loadingSinceMs: number | undefined;
/** How long the file has been loaded, also where the event loop goes on: a promise at its top level may stay pending. */
const loadingMs = (): number => {
  const now = performance.now();
  if (writer === undefined || where.doing !== LOADING) loadingSinceMs = undefined;
  else loadingSinceMs ??= now;
  return loadingSinceMs === undefined ? 0 : now - loadingSinceMs;
};
const looking = setInterval(() => {
  if (Math.max(silentMs(), loadingMs()) > silentMsMax) void tellStuck();
}, LOOK_MS);

const locate = (): void => {
  const tellBusy = (): void => say({ kind: 'busy', doing: where.doing });
  if (silentMs() <= BUSY_MS_MAX) {
    tellBusy();
    return;
  }
  // On a loaded machine a life takes a while to find that its time is up: it may be about to.
  const { beats } = where;
  setTimeout(() => void (where.beats === beats ? tellStuck() : tellBusy()), LAST_CHANCE_MS);
};

const toSuite = (message: ToWatchdog): void => {
  if (message.kind === 'locate') locate();
  else if (message.kind === 'watch') silentMsMax = message.silentMsMax;
  else port.postMessage(message satisfies ToWorker);
};

/** Reads the key, and then what is sealed with it. */
const listen = (): void => {
  let opening: Buffer = Buffer.alloc(0);
  let reader: FrameReader | undefined;
  const take = (chunk: Buffer): void => {
    // The command line is the only one who holds the key.
    for (const value of reader?.push(chunk) ?? []) toSuite(value as ToWatchdog);
  };
  pipe.on('data', (chunk: Buffer) => {
    if (reader !== undefined) return take(chunk);
    opening = Buffer.concat([opening, chunk]);
    if (opening.length < KEY_BYTES) return;
    const key = opening.subarray(0, KEY_BYTES);
    reader = new FrameReader(key);
    writer = new FrameWriter(key);
    port.postMessage({ kind: 'ready' } satisfies ToWorker);
    take(opening.subarray(KEY_BYTES));
  });
};

port.on('message', (sealed: SealedMessage) => {
  // A suite that finds the port can post to it, anything at all.
  if (sealed?.secret === secret) say(sealed.message);
});
listen();
