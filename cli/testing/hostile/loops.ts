/** Suites that never come back, or take all there is. */
import type { HostileSuite } from './suite-file.js';

const BACKTRACKING = "/^(a+)+$/.test('a'.repeat(60) + 'b')";

export const loops: readonly HostileSuite[] = [
  { name: 'loops at load', load: 'for (;;) {}', verdict: 'unloadable', says: 'SUITE_STUCK' },
  { name: 'loops in boot', boot: 'for (;;) {}', verdict: 'undecided', says: 'SUITE_STUCK' },
  { name: 'loops in a command', perform: 'for (;;) {}', verdict: 'undecided', says: 'SUITE_STUCK' },
  { name: 'loops in an invariant', check: 'for (;;) {}', verdict: 'undecided', says: 'SUITE_STUCK' },
  {
    name: 'loops in settle',
    members: 'settle: () => { for (;;) {} },',
    verdict: 'undecided',
    says: 'SUITE_STUCK',
  },
  {
    name: 'loops in describe',
    check: 'return "broken"',
    members: 'describe: () => { for (;;) {} },',
    verdict: 'undecided',
    says: 'SUITE_STUCK',
  },
  {
    name: 'loops in describe after a violation',
    check: 'return "broken"',
    load: 'let told = 0;',
    members: "describe: () => { if (++told > 10) for (;;) {} return 'add'; },",
    verdict: 'violated',
    says: 'SUITE_STUCK',
  },
  {
    name: 'loops in describeResult',
    check: 'return "broken"',
    perform: 'await system.add(); return 1',
    members: 'describeResult: () => { for (;;) {} },',
    verdict: 'violated',
    says: 'SUITE_STUCK',
  },
  {
    name: 'loops in the commands',
    members: "commands: fc.constant(['add']).map(() => { for (;;) {} }),",
    verdict: 'undecided',
    says: 'SUITE_STUCK',
  },
  { name: 'backtracks in an invariant', check: BACKTRACKING, verdict: 'undecided', says: 'SUITE_STUCK' },
  { name: 'backtracks at load', load: BACKTRACKING, verdict: 'unloadable', says: 'SUITE_STUCK' },
  {
    name: 'endless microtasks at load',
    load: '(async () => { for (;;) await null; })()',
    verdict: 'unloadable',
    says: 'SUITE_STUCK',
  },
  {
    name: 'endless microtasks in boot',
    boot: 'await (async () => { for (;;) await null; })()',
    verdict: 'undecided',
    says: 'SUITE_STUCK',
  },
  {
    name: 'endless microtasks in a command',
    perform: 'await (async () => { for (;;) await null; })()',
    verdict: 'undecided',
    says: 'SUITE_STUCK',
  },
  {
    name: 'endless microtasks in an invariant',
    check: 'await (async () => { for (;;) await null; })()',
    verdict: 'undecided',
    says: 'SUITE_STUCK',
  },
  {
    name: 'endless ticks in boot',
    boot: 'await new Promise(() => { const tick = () => process.nextTick(tick); tick(); })',
    verdict: 'undecided',
  },
  {
    name: 'endless immediates at load',
    load: 'const again = () => setImmediate(again); again(); await new Promise(() => {})',
    verdict: 'unloadable',
  },
  {
    name: 'sleeps in the kernel at load',
    load: "require('node:child_process').execSync('sleep 600')",
    verdict: 'unloadable',
  },
  {
    name: 'waits at load',
    load: 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)',
    verdict: 'unloadable',
  },
  {
    name: 'waits in an invariant',
    check: 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)',
    verdict: 'violated',
  },
  { name: 'an invariant that never resolves', check: 'await new Promise(() => {})', verdict: 'violated' },
  { name: 'a debugger statement', boot: 'debugger', check: 'debugger', verdict: 'holds' },
  {
    name: 'a command that goes round forever by timers',
    perform: 'for (;;) await new Promise((resolve) => setTimeout(resolve, 0))',
    members: 'limits: { callsPerLife: 500 },',
    verdict: 'violated',
  },
  {
    name: 'fills the heap at load',
    load: 'const all = []; for (;;) all.push(new Array(100_000).fill({}))',
    verdict: 'unloadable',
  },
  {
    name: 'fills the heap in a command',
    perform: 'const all = []; for (;;) all.push(new Array(100_000).fill({}))',
    verdict: 'undecided',
  },
  {
    name: 'overflows the stack at load',
    load: 'const deep = () => deep() + 1; deep()',
    verdict: 'unloadable',
  },
  {
    name: 'overflows the stack in an invariant',
    check: 'const deep = () => deep() + 1; deep()',
    verdict: 'violated',
  },
  {
    name: 'floods standard output',
    load: "for (let line = 0; line < 2_000; line++) console.log('x'.repeat(10_000))",
    verdict: 'holds',
  },
];
