/** What no simulated world serves: the network, other processes and threads, the real machine's state. */
import childProcess from 'node:child_process';
import cluster from 'node:cluster';
import crypto from 'node:crypto';
import dgram from 'node:dgram';
import dns from 'node:dns';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import os from 'node:os';
import { performance } from 'node:perf_hooks';
import tls from 'node:tls';
import workers from 'node:worker_threads';
import zlib from 'node:zlib';
import { divert } from './patch.js';
import { refuse } from './span.js';

interface Refusal {
  /** How the owner is called in a report. */
  readonly of: string;
  readonly owner: object;
  readonly names: readonly string[];
  /** Completes "to run under simulation, …". */
  readonly instead: string;
}

const NETWORK = 'hand the program a port for the network, and let the suite provide a simulated peer';
const PROCESS = 'hand the program what the other process would do';
const THREAD = 'run that work in the program itself, as promises';
const KEYS = 'make keys outside of the life and hand them in';
const MACHINE = "leave out the real machine's state, which differs from run to run";
const STREAM = 'use the one-shot functions of node:zlib';

const namesLike = (owner: object, pattern: RegExp): readonly string[] =>
  Object.getOwnPropertyNames(owner).filter((name) => pattern.test(name));

const DNS = /^(lookup|resolve|reverse)/;

const network: readonly Refusal[] = [
  { of: 'net', owner: net, names: ['connect', 'createConnection'], instead: NETWORK },
  { of: 'net.Socket', owner: net.Socket.prototype, names: ['connect'], instead: NETWORK },
  { of: 'net.Server', owner: net.Server.prototype, names: ['listen'], instead: NETWORK },
  { of: 'tls', owner: tls, names: ['connect'], instead: NETWORK },
  { of: 'http', owner: http, names: ['request', 'get'], instead: NETWORK },
  { of: 'https', owner: https, names: ['request', 'get'], instead: NETWORK },
  { of: 'http2', owner: http2, names: ['connect'], instead: NETWORK },
  { of: 'dgram', owner: dgram, names: ['createSocket', 'Socket'], instead: NETWORK },
  { of: 'dns', owner: dns, names: namesLike(dns, DNS), instead: NETWORK },
  { of: 'dns.promises', owner: dns.promises, names: namesLike(dns.promises, DNS), instead: NETWORK },
  ...[dns.Resolver.prototype, dns.promises.Resolver.prototype].map((prototype) => {
    const owner: object = Object.getPrototypeOf(prototype); // where both resolvers keep what they share
    const names = namesLike(prototype, DNS);
    return names.length > 0
      ? { of: 'dns.Resolver', owner: prototype, names, instead: NETWORK }
      : { of: 'dns.Resolver', owner, names: namesLike(owner, DNS), instead: NETWORK };
  }),
  { of: 'global', owner: globalThis, names: ['fetch', 'WebSocket', 'EventSource'], instead: NETWORK },
];

const elsewhere: readonly Refusal[] = [
  {
    of: 'child_process',
    owner: childProcess,
    names: ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync'],
    instead: PROCESS,
  },
  { of: 'process', owner: process, names: ['chdir'], instead: 'use absolute paths' },
  { of: 'cluster', owner: cluster, names: ['fork'], instead: PROCESS },
  {
    of: 'process',
    owner: process,
    names: ['abort', 'exit', 'kill'],
    instead: 'let the explorer end the life',
  },
  {
    of: 'worker_threads',
    owner: workers,
    names: ['Worker', 'MessageChannel', 'BroadcastChannel'],
    instead: THREAD,
  },
  { of: 'global', owner: globalThis, names: ['MessageChannel', 'BroadcastChannel'], instead: THREAD },
  { of: 'Atomics', owner: Atomics, names: ['wait', 'waitAsync'], instead: THREAD },
];

const machine: readonly Refusal[] = [
  { of: 'process', owner: process, names: ['cpuUsage', 'memoryUsage', 'resourceUsage'], instead: MACHINE },
  {
    of: 'os',
    owner: os,
    names: ['cpus', 'freemem', 'loadavg', 'networkInterfaces', 'totalmem'],
    instead: MACHINE,
  },
  {
    of: 'performance',
    owner: Object.getPrototypeOf(performance),
    names: ['eventLoopUtilization', 'mark', 'measure', 'toJSON'],
    instead: 'read performance.now(), which the world serves',
  },
  {
    of: 'crypto',
    owner: crypto,
    names: [
      ...['generateKey', 'generateKeyPair', 'generateKeyPairSync', 'generateKeySync'],
      ...['generatePrime', 'generatePrimeSync', 'randomUUIDv7'],
    ],
    instead: KEYS,
  },
  { of: 'crypto.ECDH', owner: crypto.ECDH.prototype, names: ['generateKeys'], instead: KEYS },
  {
    of: 'crypto.DiffieHellman',
    owner: crypto.DiffieHellman.prototype,
    names: ['generateKeys'],
    instead: KEYS,
  },
  {
    of: 'crypto.subtle',
    owner: Object.getPrototypeOf(crypto.webcrypto.subtle),
    names: [
      ...['decrypt', 'deriveBits', 'deriveKey', 'encrypt', 'exportKey', 'generateKey'],
      ...['importKey', 'sign', 'unwrapKey', 'verify', 'wrapKey'],
    ],
    instead: 'use the synchronous functions of node:crypto',
  },
  { of: 'zlib', owner: zlib, names: namesLike(zlib, /^create/), instead: STREAM },
  {
    of: 'WebAssembly',
    owner: Object(Reflect.get(globalThis, 'WebAssembly')),
    names: ['compileStreaming', 'instantiateStreaming'],
    instead: 'compile from bytes',
  },
];

/** Refuses all of it inside a life, with the call site. */
export const patchRefusals = (): void => {
  for (const { of, owner, names, instead } of [...network, ...elsewhere, ...machine]) {
    for (const name of names) {
      const publicName = of === 'global' ? name : `${of}.${name}`;
      divert(owner, name, (life, _args, _original, patched) => refuse(life, publicName, instead, patched));
    }
  }
};
