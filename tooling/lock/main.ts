/**
 * `npm run test:lock`: the store's lock between processes that see the machine differently: parts of /proc hidden, other
 * users, other pid namespaces, no descriptors free; and a repair beside a store that is open. Needs Linux, and the right
 * to make namespaces (root); without it it fails, since nothing would be shown.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HOLDER = fileURLToPath(new URL('./holder.ts', import.meta.url));
const CLI = fileURLToPath(new URL('../../cli/store/main.ts', import.meta.url));
const NODE = `${process.execPath} --import tsx`;
const OPENS_WITHIN_MS = 1000;

/** How a process is started: a command line around that of Node. */
type View = (node: string) => string;

const VIEWS = {
  'an ordinary process': (node) => node,
  'a process without /proc': (node) => `unshare -m bash -c "mount -t tmpfs tmpfs /proc && exec ${node}"`,
  'a process without /proc/sys': (node) =>
    `unshare -m bash -c "mount -t tmpfs tmpfs /proc/sys && exec ${node}"`,
  'a process of another user who sees no other processes': (node) =>
    `unshare -m bash -c "mount -t proc -o hidepid=2 proc /proc && exec setpriv --reuid=65534 --regid=65534 --clear-groups ${node}"`,
  'a process of another pid namespace': (node) => `unshare -p -f --kill-child --mount-proc ${node}`,
  'a process out of descriptors': (node) => `bash -c "ulimit -n 64; exec ${node} 4"`,
} as const satisfies Record<string, View>;
type ViewName = keyof typeof VIEWS;

interface Started {
  readonly child: ChildProcess;
  /** The first line it says. */
  readonly said: string;
}

const start = async (view: ViewName, directory: string): Promise<Started> => {
  const command = VIEWS[view](`${NODE} ${HOLDER} ${directory}`);
  const child = spawn('bash', ['-c', `exec ${command}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close').then(() => ['nothing']);
  const [said] = (await Promise.race([once(child.stdout, 'data'), ended])) as [unknown]; // one line, at once
  return { child, said: String(said).trim() };
};

const stop = async ({ child }: Started): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
};

let failures = 0;
const report = (what: string, isRight: boolean, found: string): void => {
  console.log(`${isRight ? 'ok    ' : 'FAILED'} ${what}: ${found}`);
  if (!isRight) failures++;
};

/** One holds the store and another comes; the holder is killed, and the other comes again. */
const check = async (first: ViewName, second: ViewName, below = ''): Promise<void> => {
  const root = mkdtempSync(join(tmpdir(), 'powercut-lock-'));
  const directory = join(root, below);
  mkdirSync(directory, { recursive: true });
  for (const each of [root, directory]) chmodSync(each, 0o777);
  try {
    const holder = await start(first, directory);
    if (holder.said !== 'OPENED') return report(`${first} opens a store`, false, holder.said);
    const rival = await start(second, directory);
    await stop(rival);
    const isRefused =
      rival.said === 'STORE_LOCKED' || (second === 'a process out of descriptors' && rival.said === 'EMFILE');
    report(`${second} is refused while ${first} has the store`, isRefused, rival.said);
    await stop(holder);
    await checkTakeover(`an opening succeeds when ${first} was killed`, directory);
  } finally {
    rmSync(root, { recursive: true });
  }
};

const checkTakeover = async (what: string, directory: string): Promise<void> => {
  const { openEventStore } = await import('../../src/event-store/index.js');
  const { realEnvironment } = await import('../../src/real-environment.js');
  const began = performance.now();
  const store = await openEventStore(realEnvironment(), directory);
  const took = performance.now() - began;
  const { events } = store.recovery;
  await store.close();
  report(what, took < OPENS_WITHIN_MS && events === 1, `${events} event, after ${Math.round(took)} ms`);
};

const checkRepair = async (): Promise<void> => {
  const directory = mkdtempSync(join(tmpdir(), 'powercut-lock-'));
  const holder = await start('a process without /proc/sys', directory);
  const { status, stderr } = spawnSync('bash', ['-c', `${NODE} ${CLI} repair ${directory} --give-up`], {
    encoding: 'utf8',
  });
  report('repair is refused beside an open store', status === 2, `${status} ${stderr.trim()}`);
  await stop(holder);
  rmSync(directory, { recursive: true });
};

if (spawnSync('unshare', ['-m', '-p', '-f', 'true']).status !== 0) {
  console.error('test:lock needs Linux and root: namespaces can not be made here, so nothing was shown');
  process.exit(1);
}
const plain: ViewName = 'an ordinary process';
for (const view of Object.keys(VIEWS) as ViewName[]) {
  // of a constant object
  await check(plain, view);
  if (view !== plain && view !== 'a process out of descriptors') await check(view, plain);
}
await check('a process of another pid namespace', 'a process of another pid namespace');
await check('a process without /proc/sys', 'a process of another pid namespace');
// A path that is too long for a socket is shortened through /proc, where that exists.
const long = 'd'.repeat(150);
await check(plain, 'a process without /proc', long);
await check('a process without /proc', plain, long);
await checkRepair();
process.exitCode = failures === 0 ? 0 : 1;
