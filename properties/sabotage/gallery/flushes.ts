/** Sabotages of flushing, pausing and of what a feeder reports of itself. */
import type { Sabotage } from '../sabotage.js';

const FEEDER = 'src/feeder/feeder.ts';
const CHECKPOINT = 'src/feeder/checkpoint.ts';
const BUS = 'src/message-bus/message-bus.ts';
const SUITES = ['flushing-handlers'];

export const flushSabotages: readonly Sabotage[] = [
  {
    name: 'flushes: only the first handler is flushed',
    row: 'a checkpoint is written though a flush did not succeed',
    patches: [
      {
        file: FEEDER,
        find: 'await this.#flushing.limit({ name: handler.name, timeoutMs }, flush());',
        replace: 'return await this.#flushing.limit({ name: handler.name, timeoutMs }, flush());',
      },
    ],
    suites: SUITES,
    killedBy: ['no-loss', 'checkpoint-safety'],
  },
  {
    name: 'flushes: one that fails is believed',
    row: 'a checkpoint is written though a flush did not succeed',
    patches: [
      {
        file: FEEDER,
        find: '() => this.#flush(),',
        replace: '() => this.#flush().catch(() => {}),',
      },
    ],
    suites: SUITES,
    killedBy: ['no-loss', 'checkpoint-safety'],
  },
  {
    name: 'flushes: the checkpoint names what was handled while the flush was under way',
    row: 'a checkpoint is written though a flush did not succeed',
    patches: [
      {
        file: FEEDER,
        find: 'this.#checkpoint.write(resumeAfter(handledUpTo))',
        replace: 'this.#checkpoint.write(resumeAfter(this.#progress.lastHandled))',
      },
    ],
    suites: SUITES,
    killedBy: ['no-loss', 'checkpoint-safety'],
  },
  {
    name: 'flushes: one that fails once stops the feeder',
    row: 'a shortage that passes stops something for good, or leaves something behind',
    patches: [
      {
        file: FEEDER,
        find: "errorCode(error) !== 'INVALID_ARGUMENT' && !(",
        replace: "errorCode(error) === 'INVALID_ARGUMENT' && !(",
      },
    ],
    suites: SUITES,
    killedBy: ['bears-a-failure'],
  },
  {
    name: 'pauses: a feeder with nothing to do is not paused',
    row: 'a paused feeder hands out events, or a resumed one does not',
    patches: [
      {
        file: FEEDER,
        find: 'const hungry = this.#paused ? []',
        replace: 'const hungry = this.#paused && this.#progress.pending > 0 ? []',
      },
      {
        file: FEEDER,
        find: 'if (this.#stopping || this.#paused) return;',
        replace: 'if (this.#stopping) return;',
      },
    ],
    suites: SUITES,
    killedBy: ['paused-is-paused'],
  },
  {
    name: 'pauses: a feeder that is resumed waits for the next append',
    row: 'a paused feeder hands out events, or a resumed one does not',
    patches: [
      { file: FEEDER, find: 'this.#paused = false;\n    this.#signal();', replace: 'this.#paused = false;' },
    ],
    suites: SUITES,
    killedBy: ['liveness', 'no-loss', 'rests', 'reports-agree'],
  },
  {
    name: 'reports: checkpoint writes are not counted',
    row: 'a feeder reports other figures than the log has',
    patches: [{ file: CHECKPOINT, find: 'writes++;', replace: '' }],
    suites: SUITES,
    killedBy: ['reports-agree'],
  },
  {
    name: 'reports: the lag is counted to what was read, not to the end of the log',
    row: 'a feeder reports other figures than the log has',
    patches: [
      {
        file: FEEDER,
        find: 'return numberOf(this.#store.head()) - this.#handledUpTo(handler);',
        replace:
          'return Math.max(...this.#progress.handlers.map(({ read }) => read)) - this.#handledUpTo(handler);',
      },
    ],
    suites: SUITES,
    killedBy: ['reports-agree', 'liveness'],
  },
  {
    name: 'reports: the record of a parked event names one attempt',
    row: 'a feeder reports other figures than the log has',
    patches: [{ file: BUS, find: 'attempts: retry.attempts, error:', replace: 'attempts: 1, error:' }],
    suites: ['poison-events'],
    killedBy: ['attempts-agree'],
  },
  {
    name: 'reports: an event is parked one attempt early',
    row: 'a feeder reports other figures than the log has',
    patches: [
      {
        file: BUS,
        find: 'if (attempt < retry.attempts) {',
        replace: 'if (attempt < retry.attempts - 1) {',
      },
    ],
    suites: ['poison-events'],
    killedBy: ['attempts-agree'],
  },
  {
    name: 'stale: a feeder that is refused its checkpoint goes on without',
    row: 'two dispatchers double-dispatch; a stopped one still writes',
    patches: [
      {
        file: CHECKPOINT,
        find: 'throw new StaleFeederError(feeder, { cause: error });',
        replace: 'return { nextExpectedStreamVersion: version, lastEventGlobalPosition: undefined };',
      },
    ],
    suites: ['two-feeders'],
    killedBy: ['stale-stops'],
  },
];
