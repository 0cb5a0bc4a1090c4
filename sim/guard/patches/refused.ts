/** What is refused in a life, by owner: the network, other processes and threads, the host's own state. */
import asyncHooks from 'node:async_hooks';
import childProcess from 'node:child_process';
import cluster from 'node:cluster';
import crypto from 'node:crypto';
import dgram from 'node:dgram';
import dns from 'node:dns';
import fs from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import inspector from 'node:inspector';
import inspectorPromises from 'node:inspector/promises';
import module, { createRequire } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import perfHooks from 'node:perf_hooks';
import repl from 'node:repl';
import timers from 'node:timers';
import tls from 'node:tls';
import traceEvents from 'node:trace_events';
import tty from 'node:tty';
import util from 'node:util';
import v8 from 'node:v8';
import vm from 'node:vm';
import workers from 'node:worker_threads';
import zlib from 'node:zlib';
import { put } from '../patch.js';

/**
 * How the owner is called in a report, the owner, the names of its functions, what completes "to run under simulation, …",
 * and how they fail where they do not throw: functions that return promises reject.
 */
export type Refusal = readonly [
  of: string,
  owner: unknown,
  names: string,
  instead: string,
  how?: 'by rejection',
];

export const THREAD = 'run that work in the program itself, as promises';
const NETWORK = 'hand the program a port for the network, and let the suite provide a simulated peer';
const PROCESS = 'hand the program what the other process would do';
const END = 'let the explorer end the life';
const KEYS = 'make keys outside of the life and hand them in';
const MACHINE = "leave out the real machine's state, which differs from run to run";
const DISK = 'keep to node:fs and env.fs, which the world serves';
const NATIVE = 'use the public modules, which the world serves';
const HOST = 'set it up outside of the life: it is the state of the process that simulates';
const SYNC_CRYPTO = 'use the synchronous functions of node:crypto';
const INPUT = 'pass the input in with the commands';

const prototypeOf = (value: object): object => Object.getPrototypeOf(value);
const prototypeIn = (owner: unknown, name: string): unknown =>
  Reflect.get(Object(Reflect.get(Object(owner), name)), 'prototype');

const namesLike = (owner: object, pattern: RegExp): string =>
  Object.getOwnPropertyNames(owner)
    .filter((name) => pattern.test(name))
    .join(' ');

const require = createRequire(import.meta.url);

/** A module that not every runtime has. Loading it may print a warning that is not the user's. */
const optional = (name: string): unknown => {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return require(name);
  } catch {
    return undefined; // what is not there needs no refusal
  } finally {
    process.emitWarning = emitWarning;
  }
};

const DNS = /^(lookup|resolve|reverse)/;
const DNS_SETTINGS = 'setServers setDefaultResultOrder';

export const network = (): readonly Refusal[] => [
  ['net', net, 'connect createConnection _createServerHandle', NETWORK],
  ['net', net, 'setDefaultAutoSelectFamily setDefaultAutoSelectFamilyAttemptTimeout', HOST],
  ['net', net, 'BoundSocket', NETWORK],
  ['net.Socket', net.Socket.prototype, 'connect', NETWORK],
  ['net.Server', net.Server.prototype, 'listen', NETWORK],
  ['tls', tls, 'connect TLSSocket createSecurePair', NETWORK],
  ['tls', tls, 'setDefaultCACertificates', HOST],
  ['http', http, 'request get', NETWORK],
  ['http', http, 'setMaxIdleHTTPParsers setGlobalProxyFromEnv', HOST],
  ['https', https, 'request get', NETWORK],
  ['http2', http2, 'connect performServerHandshake', NETWORK],
  ['dgram', dgram, 'createSocket Socket _createSocketHandle', NETWORK],
  ['dns', dns, namesLike(dns, DNS), NETWORK],
  ['dns', dns, DNS_SETTINGS, HOST],
  ['dns.promises', dns.promises, namesLike(dns.promises, DNS), NETWORK, 'by rejection'],
  ['dns.promises', dns.promises, DNS_SETTINGS, HOST],
  // Both resolvers keep what they share one level up.
  ...[dns.Resolver.prototype, prototypeOf(dns.Resolver.prototype)].map(
    (owner): Refusal => ['dns.Resolver', owner, namesLike(owner, DNS), NETWORK],
  ),
  ...[dns.promises.Resolver.prototype, prototypeOf(dns.promises.Resolver.prototype)].map(
    (owner): Refusal => ['dns.promises.Resolver', owner, namesLike(owner, DNS), NETWORK, 'by rejection'],
  ),
  ['', globalThis, 'fetch', NETWORK, 'by rejection'],
  ['', globalThis, 'WebSocket EventSource', NETWORK],
  ['http', http, 'WebSocket', NETWORK],
];

const processes = (): readonly Refusal[] => [
  [
    'child_process',
    childProcess,
    '_forkChild exec execFile execFileSync execSync fork spawn spawnSync',
    PROCESS,
  ],
  ['ChildProcess', childProcess.ChildProcess.prototype, 'spawn', PROCESS],
  ['cluster', cluster, 'fork setupPrimary setupMaster disconnect', PROCESS],
  ['process', process, 'execve _debugProcess', PROCESS],
  ['process', process, 'chdir', 'use absolute paths'],
  ['process', process, 'binding _linkedBinding', NATIVE],
  ['process', process, 'loadEnvFile', DISK],
  ['process', process, 'openStdin', INPUT],
  ['process', process, 'setuid setgid seteuid setegid setgroups initgroups', HOST],
  ['process', process, '_debugEnd setSourceMapsEnabled', HOST],
  ['process.report', process.report, 'getReport writeReport', MACHINE],
  [
    'process.finalization',
    Reflect.get(process, 'finalization'),
    'register registerBeforeExit unregister',
    END,
  ],
  ['worker_threads', workers, 'Worker MessageChannel BroadcastChannel moveMessagePortToContext', THREAD],
  ['worker_threads', workers, 'postMessageToThread setEnvironmentData', THREAD],
  ['worker_threads.locks', prototypeOf(Object(Reflect.get(workers, 'locks'))), 'request query', THREAD],
  ['', globalThis, 'MessageChannel BroadcastChannel ShadowRealm', THREAD],
];

/** Node's own AsyncLocalStorage calls these by the object that v8 shows: programs get a copy of it. */
const promiseHooks = (): object => {
  put(v8, 'promiseHooks', { ...v8.promiseHooks });
  return v8.promiseHooks;
};

const tools = (): readonly Refusal[] => [
  ['async_hooks', asyncHooks, 'createHook', HOST],
  ['inspector', inspector, 'open close waitForDebugger Session', HOST],
  ['inspector.promises', inspectorPromises, 'open close waitForDebugger Session', HOST],
  ['module', module, 'enableCompileCache flushCompileCache', DISK],
  ['module', module, 'register registerHooks runMain setSourceMapsSupport _initPaths', HOST],
  ['repl', repl, 'start REPLServer', INPUT],
  ['timers', timers, 'active _unrefActive enroll unenroll', 'use setTimeout'],
  ['trace_events', traceEvents, 'createTracing', HOST],
  ['tty', tty, 'ReadStream WriteStream', INPUT],
  ['util', util, 'setTraceSigInt', HOST],
  ['v8', v8, 'getHeapSnapshot queryObjects takeCoverage stopCoverage GCProfiler startCpuProfile', MACHINE],
  ['v8', v8, 'startHeapProfile cachedDataVersionTag', MACHINE],
  ['v8', v8, 'setFlagsFromString', 'leave the flags of the runtime alone, which hold for all lives'],
  ['v8', v8, 'writeHeapSnapshot setHeapSnapshotNearHeapLimit setHeapProfileNearHeapLimit', DISK],
  ['v8.promiseHooks', promiseHooks(), 'createHook onAfter onBefore onInit onSettled', HOST],
  [
    'v8.startupSnapshot',
    v8.startupSnapshot,
    'addSerializeCallback addDeserializeCallback setDeserializeMainFunction',
    HOST,
  ],
  ['vm', vm, 'measureMemory', MACHINE],
  ['perf_hooks', perfHooks, 'monitorEventLoopDelay', MACHINE],
];

const KEY_MAKERS = 'generateKey deriveBits deriveKey encapsulateBits encapsulateKey';
const KEY_USERS =
  'decrypt encrypt exportKey importKey getPublicKey sign unwrapKey verify wrapKey decapsulateBits decapsulateKey';

const cryptography = (): readonly Refusal[] => {
  const subtle = prototypeOf(crypto.webcrypto.subtle);
  return [
    ['crypto', crypto, 'generateKey generateKeyPair generateKeyPairSync generateKeySync', KEYS],
    ['crypto', crypto, 'generatePrime generatePrimeSync encapsulate', KEYS],
    ['crypto', crypto, 'setEngine setFips', HOST],
    ['crypto.ECDH', crypto.ECDH.prototype, 'generateKeys', KEYS],
    ['crypto.DiffieHellman', crypto.DiffieHellman.prototype, 'generateKeys', KEYS],
    ['crypto.DiffieHellmanGroup', prototypeIn(crypto, 'DiffieHellmanGroup'), 'generateKeys', KEYS],
    ['crypto.subtle', subtle, KEY_MAKERS, KEYS, 'by rejection'],
    ['crypto.subtle', subtle, KEY_USERS, SYNC_CRYPTO, 'by rejection'],
    [
      'WebAssembly',
      Reflect.get(globalThis, 'WebAssembly'),
      'compileStreaming instantiateStreaming',
      'compile from bytes',
      'by rejection',
    ],
  ];
};

/** What reaches the host: other processes and threads, debuggers and profilers, settings of the process. */
export const host = (): readonly Refusal[] => [...processes(), ...tools(), ...cryptography()];

/** Modules with a disk, a thread or a machine of their own, on runtimes that have them. */
export const machine = (): readonly Refusal[] => {
  const test = optional('node:test');
  const ffi = optional('node:ffi');
  const FFI = 'dlopen DynamicLibrary dlclose dlsym toBuffer toString toArrayBuffer getRawPointer';
  return [
    ['os', os, 'setPriority', HOST],
    ['sqlite', optional('node:sqlite'), 'DatabaseSync backup Database', DISK],
    ['wasi', optional('node:wasi'), 'WASI', DISK],
    ['sea', optional('node:sea'), 'getAsset getRawAsset getAssetAsBlob getAssetKeys', DISK],
    ['ffi', ffi, ffi === undefined ? FFI : namesLike(Object(ffi), /^(?!suffix|types)/), NATIVE],
    ['test', test, test === undefined ? 'run' : namesLike(Object(test), /^(?!mock|snapshot|assert)/), HOST],
    ['fs', fs, 'Utf8Stream', DISK],
    ['zlib', zlib, 'ZipFile ZipEntry ZipBuffer createZipArchive createZipArchiveSync zipFiles', DISK],
    ['zlib', zlib, 'setMaxZipContentSize', HOST],
  ];
};
