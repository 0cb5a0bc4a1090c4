/**
 * What a program may ask of the machine and of its process, and what nothing may depend on: constants in a life. The
 * simulated machine has one root user, four processors and 8 GiB of memory, and nothing on it is ever busy.
 */
import asyncHooks from 'node:async_hooks';
import cluster from 'node:cluster';
import crypto from 'node:crypto';
import dns from 'node:dns';
import inspector from 'node:inspector';
import os from 'node:os';
import traceEvents from 'node:trace_events';
import tty from 'node:tty';
import v8 from 'node:v8';
import workers from 'node:worker_threads';
import { type Callable, divert, putGetter, putSetter } from '../patch.js';

const GIB = 2 ** 30;
const MIB = 2 ** 20;
const PROCESSORS = 4;
const TOTAL_MEMORY = 8 * GIB;
const FREE_MEMORY = 4 * GIB;
const RESIDENT = 64 * MIB;
export const HOME = '/root';
export const USER = 'root';
const SHELL = '/bin/sh';
const TEMPORARY = '/tmp';
const NODE = '/usr/local/bin/node';
const PROGRAM = '/program.js';
const RELEASE = '6.1.0';
const ROOT = 0;

/** A fresh one for each who asks: what a program does to it is its own affair. */
type Make = () => unknown;

const value =
  (constant: unknown): Make =>
  () =>
    constant;

const cpus: Make = () =>
  Array.from({ length: PROCESSORS }, () => ({
    model: 'simulated',
    speed: 2000,
    times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 },
  }));

const userInfo = (options: unknown): object => {
  const text = (name: string): string | Buffer =>
    Reflect.get(Object(options), 'encoding') === 'buffer' ? Buffer.from(name) : name;
  return { uid: ROOT, gid: ROOT, username: text(USER), homedir: text(HOME), shell: text(SHELL) };
};

const memoryUsage: Make = () => ({
  rss: RESIDENT,
  heapTotal: 32 * MIB,
  heapUsed: 16 * MIB,
  external: 2 * MIB,
  arrayBuffers: MIB,
});

const NO_WORK = { user: 0, system: 0 };

/** The original's numbers differ each time, so each gets the same fixed value here. */
const numbersOf =
  (original: Callable): Make =>
  () =>
    Object.fromEntries(Object.keys(Object(original())).map((name) => [name, 0]));

const ofMachine: Readonly<Record<string, Make>> = {
  cpus,
  availableParallelism: value(PROCESSORS),
  freemem: value(FREE_MEMORY),
  totalmem: value(TOTAL_MEMORY),
  loadavg: () => [0, 0, 0],
  networkInterfaces: () => ({}),
  getPriority: value(0),
  homedir: value(HOME),
  tmpdir: value(TEMPORARY),
  release: value(RELEASE),
  version: value('#1 SMP'),
};

const ofProcess: Readonly<Record<string, Make>> = {
  memoryUsage,
  cpuUsage: () => ({ ...NO_WORK }),
  threadCpuUsage: () => ({ ...NO_WORK }),
  resourceUsage: numbersOf(process.resourceUsage),
  constrainedMemory: value(TOTAL_MEMORY),
  availableMemory: value(FREE_MEMORY),
  getActiveResourcesInfo: () => [],
  _getActiveHandles: () => [],
  _getActiveRequests: () => [],
  getuid: value(ROOT),
  geteuid: value(ROOT),
  getgid: value(ROOT),
  getegid: value(ROOT),
  getgroups: () => [ROOT],
};

/** Properties of the process, where it has them: a worker's channel to its pool is none of a program's. */
const propertiesOfProcess: Readonly<Record<string, Make>> = {
  argv: () => [NODE, PROGRAM],
  execArgv: () => [],
  execPath: value(NODE),
  title: value('node'),
  debugPort: value(9229),
  moduleLoadList: () => [],
  _preload_modules: () => [],
  send: value(undefined),
  connected: value(undefined),
  channel: value(undefined),
  disconnect: value(undefined),
};

const ofStream: Readonly<Record<string, Make>> = {
  isTTY: value(undefined),
  columns: value(undefined),
  rows: value(undefined),
  fd: value(undefined),
};

const ofThread: Readonly<Record<string, Make>> = {
  isMainThread: value(true),
  isInternalThread: value(false),
  parentPort: value(null),
  workerData: value(null),
  resourceLimits: () => ({}),
  threadName: value(''),
};

const divertAll = (owner: object, answers: Readonly<Record<string, Make>>): void => {
  for (const [name, make] of Object.entries(answers)) divert(owner, name, () => make());
};

const putAll = (owner: object, answers: Readonly<Record<string, Make>>): void => {
  for (const [name, make] of Object.entries(answers)) if (name in owner) putGetter(owner, name, () => make());
};

const patchNumbers = (): void => {
  const heap = Reflect.get(v8, 'getHeapStatistics') as Callable; // a function in every Node
  const limits = { heap_size_limit: 2 * GIB, total_available_size: 2 * GIB };
  divert(v8, 'getHeapStatistics', () => ({ ...Object(numbersOf(heap)()), ...limits }));
  for (const name of ['getHeapCodeStatistics', 'getCppHeapStatistics'] as const) {
    const original: unknown = Reflect.get(v8, name);
    if (typeof original === 'function') divert(v8, name, numbersOf(original as Callable));
  }
  divert(v8, 'getHeapSpaceStatistics', () => []);
  // Async ids count all resources of the process, so a life sees a constant.
  divert(asyncHooks, 'executionAsyncId', value(1));
  divert(asyncHooks, 'triggerAsyncId', value(0));
  divert(asyncHooks.AsyncResource.prototype, 'asyncId', value(1));
  divert(asyncHooks.AsyncResource.prototype, 'triggerAsyncId', value(0));
  divert(crypto, 'secureHeapUsed', () => undefined);
};

/** Serves constants. Clocks, the process's number and its events are served elsewhere. */
export const patchConstants = (): void => {
  divert(process.memoryUsage, 'rss', value(RESIDENT));
  divertAll(process, ofProcess);
  divertAll(os, ofMachine);
  divert(os, 'userInfo', (_life, [options]) => userInfo(options));
  // Where the runtime hears of it; where it is a value, it holds for the life.
  putSetter(process, 'title', () => {});
  putAll(process, propertiesOfProcess);
  for (const stream of [process.stdout, process.stderr]) putAll(stream, ofStream);
  divert(tty, 'isatty', value(false));
  putAll(workers, ofThread);
  divert(workers, 'getEnvironmentData', () => undefined);
  putAll(cluster, { isPrimary: value(true), isMaster: value(true), isWorker: value(false) });
  divert(inspector, 'url', () => undefined);
  divert(traceEvents, 'getEnabledCategories', () => undefined);
  for (const owner of [dns, dns.promises]) divertAll(owner, { getServers: () => [] });
  const navigator: unknown = Reflect.get(globalThis, 'navigator');
  if (typeof navigator === 'object' && navigator !== null)
    putAll(Object.getPrototypeOf(navigator), { hardwareConcurrency: value(PROCESSORS) });
  patchNumbers();
};
