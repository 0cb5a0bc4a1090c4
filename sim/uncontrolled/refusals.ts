/** What no simulated world serves: the network, other processes and threads, the real machine's state. */
import childProcess from 'node:child_process';
import cluster from 'node:cluster';
import crypto from 'node:crypto';
import dgram from 'node:dgram';
import dns from 'node:dns';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import inspector from 'node:inspector';
import module from 'node:module';
import net from 'node:net';
import os from 'node:os';
import { performance } from 'node:perf_hooks';
import tls from 'node:tls';
import tty from 'node:tty';
import v8 from 'node:v8';
import workers from 'node:worker_threads';
import zlib from 'node:zlib';
import { divert } from './patch.js';
import { refuse } from './span.js';

/** How the owner is called in a report, the owner, the names of its functions, and what completes "to run under simulation, …". */
type Refusal = readonly [of: string, owner: unknown, names: string, instead: string];

const NETWORK = 'hand the program a port for the network, and let the suite provide a simulated peer';
const PROCESS = 'hand the program what the other process would do';
const THREAD = 'run that work in the program itself, as promises';
/** Node's loader waits so for what an import() asks of the thread that compiles. */
const LOCK = `${THREAD}; where it is an import(), import the module at the top of its file`;
const END = 'let the explorer end the life';
const KEYS = 'make keys outside of the life and hand them in';
const MACHINE = "leave out the real machine's state, which differs from run to run";
const DISK = 'keep to node:fs and env.fs, which the world serves';
const STREAM = 'use the one-shot functions of node:zlib';
const NATIVE = 'use the public modules, which the world serves';
const CLOCK = 'read performance.now(), which the world serves';
const SYNC_CRYPTO = 'use the synchronous functions of node:crypto';

const namesLike = (owner: object, pattern: RegExp): string =>
  Object.getOwnPropertyNames(owner)
    .filter((name) => pattern.test(name))
    .join(' ');

const DNS = /^(lookup|resolve|reverse)/;
const prototypeOf = (value: object): object => Object.getPrototypeOf(value);
/** Both resolvers keep what they share one level up. */
const resolvers = [dns.Resolver.prototype, dns.promises.Resolver.prototype].flatMap((own) => [
  own,
  prototypeOf(own),
]);

const network: readonly Refusal[] = [
  ['net', net, 'connect createConnection', NETWORK],
  ['net.Socket', net.Socket.prototype, 'connect', NETWORK],
  ['net.Server', net.Server.prototype, 'listen', NETWORK],
  ['tls', tls, 'connect', NETWORK],
  ['http', http, 'request get', NETWORK],
  ['https', https, 'request get', NETWORK],
  ['http2', http2, 'connect', NETWORK],
  ['dgram', dgram, 'createSocket Socket', NETWORK],
  ['dns', dns, namesLike(dns, DNS), NETWORK],
  ['dns.promises', dns.promises, namesLike(dns.promises, DNS), NETWORK],
  ...resolvers.map((owner): Refusal => ['dns.Resolver', owner, namesLike(owner, DNS), NETWORK]),
  ['', globalThis, 'fetch WebSocket EventSource', NETWORK],
];

const elsewhere: readonly Refusal[] = [
  ['child_process', childProcess, 'exec execFile execFileSync execSync fork spawn spawnSync', PROCESS],
  ['cluster', cluster, 'fork', PROCESS],
  ['process', process, 'kill execve', PROCESS],
  ['process', process, 'abort exit', END],
  ['process', process, 'chdir', 'use absolute paths'],
  ['process', process, 'binding dlopen', NATIVE],
  ['process', process, 'loadEnvFile', DISK],
  ['worker_threads', workers, 'Worker MessageChannel BroadcastChannel', THREAD],
  ['', globalThis, 'MessageChannel BroadcastChannel', THREAD],
  ['Atomics', Atomics, 'wait waitAsync', LOCK],
  ['inspector', inspector, 'open waitForDebugger', END],
  ['module', module, 'enableCompileCache flushCompileCache', DISK],
  ['tty', tty, 'ReadStream', 'pass the input in with the commands'],
  ['v8', v8, 'writeHeapSnapshot', DISK],
];

const machine: readonly Refusal[] = [
  ['process.memoryUsage', process.memoryUsage, 'rss', MACHINE],
  [
    'process',
    process,
    'availableMemory constrainedMemory cpuUsage memoryUsage resourceUsage threadCpuUsage',
    MACHINE,
  ],
  ['os', os, 'availableParallelism cpus freemem loadavg networkInterfaces totalmem', MACHINE],
  ['v8', v8, 'getHeapSpaceStatistics getHeapStatistics getHeapSnapshot', MACHINE],
  ['performance', prototypeOf(performance), 'eventLoopUtilization mark measure toJSON', CLOCK],
];

const computations: readonly Refusal[] = [
  ['crypto', crypto, 'generateKey generateKeyPair generateKeyPairSync generateKeySync', KEYS],
  ['crypto', crypto, 'generatePrime generatePrimeSync', KEYS],
  ['crypto.ECDH', crypto.ECDH.prototype, 'generateKeys', KEYS],
  ['crypto.DiffieHellman', crypto.DiffieHellman.prototype, 'generateKeys', KEYS],
  ['crypto.subtle', prototypeOf(crypto.webcrypto.subtle), 'generateKey deriveBits deriveKey', KEYS],
  ['crypto.subtle', prototypeOf(crypto.webcrypto.subtle), 'decrypt encrypt exportKey importKey', SYNC_CRYPTO],
  ['crypto.subtle', prototypeOf(crypto.webcrypto.subtle), 'sign unwrapKey verify wrapKey', SYNC_CRYPTO],
  ['zlib', zlib, namesLike(zlib, /^create/), STREAM],
  ['', globalThis, 'CompressionStream DecompressionStream', STREAM],
  [
    'WebAssembly',
    Reflect.get(globalThis, 'WebAssembly'),
    'compileStreaming instantiateStreaming',
    'compile from bytes',
  ],
];

/** Modules with a disk of their own, on runtimes that have them. Loading them prints a warning that is not the user's. */
const disks = (): readonly Refusal[] => {
  const load: unknown = Reflect.get(process, 'getBuiltinModule');
  if (typeof load !== 'function') return [];
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    const sqlite: unknown = Reflect.apply(load, process, ['node:sqlite']);
    const wasi: unknown = Reflect.apply(load, process, ['node:wasi']);
    return [
      ['sqlite', sqlite, 'DatabaseSync backup', DISK],
      ['wasi', wasi, 'WASI', DISK],
    ];
  } finally {
    process.emitWarning = emitWarning;
  }
};

/** Refuses all of it inside a life, with the call site. What a runtime does not have needs no refusal. */
export const patchRefusals = (): void => {
  for (const [of, owner, names, instead] of [
    ...network,
    ...elsewhere,
    ...machine,
    ...computations,
    ...disks(),
  ]) {
    if (owner === undefined) continue;
    for (const name of names.split(' ')) {
      const publicName = of === '' ? name : `${of}.${name}`;
      divert(Object(owner), name, (life, _args, _original, patched) =>
        refuse(life, publicName, instead, patched),
      );
    }
  }
};
