/** Suites that speak, or change what is spoken, in the place of their worker. */
import { ALWAYS_BROKEN, type HostileSuite } from './suite-file.js';

const FORGED =
  "{ kind: 'concluded', result: { name: 'x', verdict: 'holds', asExpected: true, violations: [] } }";

const nameOf = (what: string): string => `replaces ${what.replace(/\W+/g, ' ').trim()}`;

/** A function that everybody shares, replaced while the file is loaded. */
const replaced = (what: string, by: string): HostileSuite => ({
  name: nameOf(what),
  load: `${what} = ${by}`,
  check: ALWAYS_BROKEN,
  verdict: 'unloadable',
  says: 'BUILTIN_CHANGED',
});

/** The same, but nothing that the simulator stands on: what it finds is believed. */
const harmless = (what: string, by: string): HostileSuite => ({
  name: nameOf(what),
  load: `${what} = ${by}`,
  check: ALWAYS_BROKEN,
  verdict: 'violated',
});

export const forgers: readonly HostileSuite[] = [
  {
    name: 'sends by process.send',
    load: `process.send?.(${FORGED})`,
    boot: `process.send?.(${FORGED})`,
    check: ALWAYS_BROKEN,
    verdict: 'violated',
  },
  { name: 'tells PM2 that it is ready', boot: "if (process.send) process.send('ready')", verdict: 'holds' },
  { name: 'disconnects', load: 'process.disconnect?.()', boot: 'process.disconnect?.()', verdict: 'holds' },
  {
    name: 'listens to messages',
    load: `process.on('message', () => process.send?.(${FORGED}))`,
    check: ALWAYS_BROKEN,
    verdict: 'violated',
  },
  replaced('Array.prototype.map', '() => []'),
  replaced('Array.prototype.filter', '() => []'),
  replaced('Array.prototype.flatMap', '() => []'),
  replaced('Array.prototype.push', '() => 0'),
  replaced('Array.prototype[Symbol.iterator]', 'function* () {}'),
  replaced('JSON.stringify', "() => '{}'"),
  replaced('Promise.prototype.then', 'function () { return this; }'),
  replaced('Promise.all', 'async () => []'),
  replaced('Map.prototype.set', 'function () { return this; }'),
  replaced('Set.prototype.has', '() => true'),
  replaced('Object.defineProperty', '(object) => object'),
  replaced('Object.keys', '() => []'),
  replaced('Object.entries', '() => []'),
  replaced('Buffer.prototype.write', '() => 0'),
  replaced('Buffer.from', '() => Buffer.alloc(0)'),
  replaced('String.prototype.split', '() => []'),
  replaced('RegExp.prototype.exec', '() => null'),
  replaced('Function.prototype.call', '() => undefined'),
  replaced('globalThis.Map', 'class extends Map { set() { return this; } }'),
  replaced('Math.min', '() => 0'),
  harmless('structuredClone', '() => ({})'),
  harmless("require('node:events').prototype.emit", '() => false'),
  harmless("require('node:worker_threads').MessagePort.prototype.postMessage", `function () {}`),
  harmless("require('node:worker_threads').Worker.prototype.postMessage", '() => undefined'),
  harmless("require('node:v8').serialize", '() => Buffer.alloc(0)'),
  harmless("require('node:crypto').createHash", '() => ({ update() { return this; }, digest: () => "" })'),
  { ...replaced('Error.prepareStackTrace', '() => { throw new Error("no stack") }'), says: 'no stack' },
  { ...harmless('Error.prepareStackTrace', '() => ({})'), name: 'stacks that are no text' },
  harmless('Error.stackTraceLimit', '0'),
  harmless('process.stdout.write', '() => { throw new Error("no output") }'),
  harmless('process.stderr.write', '() => false'),
  harmless('process.emit', '() => false'),
  harmless('console.log', '() => { throw new Error("no log") }'),
  harmless('Date.now', '() => 0'),
  harmless('performance.now', '() => 0'),
  harmless('globalThis.setTimeout', '() => 0'),
  harmless('globalThis.setInterval', '() => 0'),
  harmless('globalThis.queueMicrotask', '() => 0'),
  { ...harmless('globalThis.process', '{}'), verdict: 'undecided' },
  harmless("require('node:fs').writeFileSync", '() => { throw new Error("no file") }'),
  harmless("require('node:fs').readFileSync", '() => { throw new Error("no file") }'),
  {
    name: 'Object.prototype has a verdict',
    load: "Object.assign(Object.prototype, { verdict: 'holds', asExpected: true, cutShort: undefined, undecided: undefined })",
    check: ALWAYS_BROKEN,
    verdict: 'violated',
  },
  {
    name: 'Object.prototype has setters',
    load: "for (const key of ['verdict', 'violations', 'seen']) Object.defineProperty(Object.prototype, key, { set() {}, configurable: true })",
    check: ALWAYS_BROKEN,
    verdict: 'violated',
  },
  {
    name: 'Array.prototype has a setter for 0',
    load: 'Object.defineProperty(Array.prototype, 0, { set() {}, configurable: true })',
    check: ALWAYS_BROKEN,
    verdict: 'undecided',
  },
  {
    name: 'frozen prototypes',
    load: 'for (const type of [Object, Array, Map, Set, Promise]) Object.freeze(type.prototype)',
    check: ALWAYS_BROKEN,
    verdict: 'violated',
  },
  {
    name: 'replaced in a command',
    perform: 'Array.prototype.filter = () => []',
    check: ALWAYS_BROKEN,
    verdict: 'undecided',
  },
  {
    name: 'replaced in an invariant',
    check: `Array.prototype.map = () => []; ${ALWAYS_BROKEN}`,
    verdict: 'violated',
  },
  { name: 'writes to the pipe at load', load: "fs.writeSync(3, 'x'.repeat(100))", verdict: 'unloadable' },
  {
    name: 'writes to the pipe in an invariant',
    load: 'const { writeSync } = fs;',
    check: "writeSync(3, 'x'.repeat(100))",
    verdict: 'violated',
  },
  {
    name: 'writes frames to the pipe',
    load: `const frame = Buffer.concat([Buffer.alloc(36), require('node:v8').serialize(${FORGED})]); frame.writeUInt32LE(frame.length - 36); fs.writeSync(3, frame)`,
    verdict: 'unloadable',
  },
  {
    name: 'prints results',
    load: `console.log(JSON.stringify(${FORGED})); process.stdout.write('good  ✓ holds\\n')`,
    check: ALWAYS_BROKEN,
    verdict: 'violated',
  },
  {
    name: 'closes standard input and output',
    load: 'for (const fd of [0, 1, 2]) fs.closeSync(fd)',
    check: ALWAYS_BROKEN,
    verdict: 'violated',
  },
  { name: 'closes the pipe', load: 'fs.closeSync(3)', check: ALWAYS_BROKEN, verdict: 'unloadable' },
  {
    name: 'posts as the worker by its prototype',
    load: `const { MessagePort, Worker } = require('node:worker_threads'); for (const type of [MessagePort, Worker]) { const post = type.prototype.postMessage; type.prototype.postMessage = function () { post.call(this, ${FORGED}); }; }`,
    check: ALWAYS_BROKEN,
    verdict: 'violated',
  },
  {
    name: 'takes away what is asked by emit',
    load: `const events = require('node:events'); const { emit } = events.prototype; events.prototype.emit = function (name, message, ...rest) { if (message?.tallies) message.tallies.length = 0; return emit.call(this, name, message, ...rest); }`,
    check: ALWAYS_BROKEN,
    verdict: 'violated',
  },
];

/**
 * Posts to whatever it finds, also to a thread of Node's own loader, which may end the process for it: that is a race. So it
 * has one of two verdicts, and never a green one.
 */
export const postsThroughHandles: HostileSuite = {
  name: 'posts through active handles',
  load: `const post = () => { for (const handle of [...process._getActiveHandles(), ...(process._getActiveRequests?.() ?? [])]) handle.postMessage?.(${FORGED}); }; setInterval(post, 1); post()`,
  check: ALWAYS_BROKEN,
  verdict: 'violated',
};
