/** Suites that end their process, or try to say with which exit code. */
import { ALWAYS_BROKEN, type HostileSuite } from './suite-file.js';

/** Runs the statement outside of every life, once a life has begun. */
const inHostTimer = (statement: string): Pick<HostileSuite, 'load' | 'boot'> => ({
  load: `let begun = false; setInterval(() => { if (begun) { ${statement} } }, 1);`,
  boot: 'begun = true',
});

const WAYS: Readonly<Record<string, string>> = {
  exit: 'process.exit(0)',
  abort: 'process.abort()',
  reallyExit: 'process.reallyExit(0)',
  SIGKILL: "process.kill(process.pid, 'SIGKILL')",
};

const ending = (
  where: 'load' | 'boot' | 'perform' | 'check',
  verdict: HostileSuite['verdict'],
): readonly HostileSuite[] =>
  Object.entries(WAYS).map(([how, statement]) => ({
    name: `${how} in ${where}`,
    [where]: statement,
    verdict,
  }));

export const endings: readonly HostileSuite[] = [
  ...ending('load', 'unloadable'),
  ...ending('boot', 'undecided'),
  ...ending('perform', 'undecided'),
  ...ending('check', 'violated'),
  {
    name: 'exit when listeners are gone',
    load: "process.removeAllListeners('exit'); process.exit(0)",
    verdict: 'unloadable',
  },
  { name: 'exit in a host timer', ...inHostTimer('process.exit(0)'), verdict: 'undecided' },
  { name: 'reallyExit in a host timer', ...inHostTimer('process.reallyExit(0)'), verdict: 'undecided' },
  { name: 'exit in settle', members: 'settle: () => process.exit(0),', verdict: 'undecided' },
  { name: 'exit in observe', members: 'observe: () => process.exit(0),', verdict: 'undecided' },
  { name: 'exit in costs', members: 'costs: () => process.exit(0),', verdict: 'undecided' },
  { name: 'exit in shutdown', members: 'shutdown: () => process.exit(0),', verdict: 'holds' },
  {
    name: 'exit in the commands',
    members: "commands: fc.constant(['add']).map((commands) => process.exit(0)),",
    verdict: 'undecided',
  },
  {
    name: 'exit in describe',
    check: ALWAYS_BROKEN,
    members: 'describe: () => process.exit(0),',
    verdict: 'violated',
  },
  {
    name: 'exit in describeResult',
    check: ALWAYS_BROKEN,
    members: 'describeResult: () => process.exit(0),',
    verdict: 'violated',
  },
  {
    name: 'exit in mustReach',
    members: "mustReach: [{ name: 'it', reached: () => process.exit(0) }],",
    verdict: 'undecided',
  },
  {
    name: 'exit in atStake',
    members:
      "invariants: [{ name: 'i', statement: 's', check: () => undefined, atStake: () => process.exit(0) }],",
    verdict: 'violated',
  },
  {
    name: 'exitCode 0 in an interval',
    load: 'setInterval(() => { process.exitCode = 0; }, 1)',
    check: ALWAYS_BROKEN,
    verdict: 'violated',
  },
  {
    name: 'exitCode 0 at exit',
    load: "process.on('exit', () => { process.exitCode = 0; })",
    check: ALWAYS_BROKEN,
    verdict: 'violated',
  },
  {
    name: 'exit at exit',
    load: "process.on('exit', () => process.exit(0)); process.on('beforeExit', () => process.exit(0))",
    check: ALWAYS_BROKEN,
    verdict: 'violated',
  },
  {
    name: 'exitCode frozen at 0',
    load: "process.exitCode = 0; Object.defineProperty(process, 'exitCode', { value: 0, writable: false })",
    check: ALWAYS_BROKEN,
    verdict: 'unloadable',
  },
  {
    name: 'a worker thread that kills',
    load: "const { Worker } = require('node:worker_threads'); new Worker(\"process.kill(process.pid, 'SIGKILL')\", { eval: true }); await new Promise(() => {})",
    verdict: 'unloadable',
  },
  { name: 'SIGTERM in load', load: "process.kill(process.pid, 'SIGTERM')", verdict: 'holds' },
  { name: 'SIGTERM in perform', perform: "process.kill(process.pid, 'SIGTERM')", verdict: 'undecided' },
  { name: 'every listener removed', load: 'process.removeAllListeners()', verdict: 'holds' },
  { name: 'never resolves at top level', load: 'await new Promise(() => {})', verdict: 'unloadable' },
];
