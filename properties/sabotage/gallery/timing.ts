/** Sabotages of when a checkpoint is written, how much is in flight, and in which order events of one key are handled. */
import type { Sabotage } from '../sabotage.js';

const FEEDER = 'src/feeder/feeder.ts';
const BUS = 'src/message-bus/message-bus.ts';
const TURNS = 'src/message-bus/turns.ts';

const TIMING = {
  row: 'a checkpoint is late, or more is handed out again than was promised',
  suites: ['checkpoint-policies'],
} as const;

const KEYS = {
  row: 'events of one key are handled at once, or in another order',
  suites: ['keyed-handlers'],
} as const;

export const timingSabotages: readonly Sabotage[] = [
  {
    name: 'timing: no timer runs for what is handled while a checkpoint is written',
    patches: [
      { file: FEEDER, find: 'if (this.#progress.lastFed > handledUpTo) this.#startTimer();', replace: '' },
    ],
    killedBy: ['checkpoint-keeps-up'],
    ...TIMING,
  },
  {
    name: 'timing: a timer that fires does not wake the feeder',
    patches: [
      {
        file: FEEDER,
        find: 'this.#timeIsUp = true;\n      this.#signal();',
        replace: 'this.#timeIsUp = true;',
      },
    ],
    killedBy: ['checkpoint-keeps-up'],
    ...TIMING,
  },
  {
    name: 'timing: a timer that was cancelled is never started again',
    patches: [
      {
        file: FEEDER,
        find: 'this.#cancelTimer?.();\n    this.#cancelTimer = undefined;',
        replace: 'this.#cancelTimer?.();',
      },
    ],
    killedBy: ['checkpoint-keeps-up'],
    ...TIMING,
  },
  {
    name: 'timing: once a timer has fired, each event is checkpointed',
    patches: [
      {
        file: FEEDER,
        find: 'this.#timeIsUp = false;\n    this.#cancelTimer',
        replace: 'this.#cancelTimer',
      },
    ],
    killedBy: ['checkpoints-are-due'],
    ...TIMING,
  },
  {
    name: 'timing: a checkpoint is due one event late',
    patches: [
      {
        file: FEEDER,
        find: 'numberOf(this.#checkpoint.position) >= everyEvents',
        replace: 'numberOf(this.#checkpoint.position) > everyEvents',
      },
    ],
    killedBy: ['bounded-replay', 'checkpoint-keeps-up'],
    ...TIMING,
  },
  {
    name: 'timing: a checkpoint that is due waits until the next events are handed out',
    patches: [
      {
        file: FEEDER,
        find: 'if (this.#isCheckpointDue()) return this.#writeCheckpoint();\n    const head',
        replace: 'const head',
      },
      {
        file: FEEDER,
        find: 'if (hungry.length > 0) return this.#feed(hungry, most);',
        replace:
          'if (hungry.length > 0) return this.#feed(hungry, most);\n    if (this.#isCheckpointDue()) return this.#writeCheckpoint();',
      },
    ],
    killedBy: ['bounded-replay'],
    ...TIMING,
  },
  {
    name: 'timing: what is in flight already does not count when more is read',
    patches: [
      {
        file: FEEDER,
        find: 'const count = most - Math.max(...handlers.map(({ pending }) => pending));',
        replace: 'const count = most;',
      },
    ],
    killedBy: ['in-flight', 'bounded-replay'],
    ...TIMING,
  },
  {
    name: 'timing: a stop writes no last checkpoint',
    patches: [
      {
        file: FEEDER,
        find: 'if (this.#failure === undefined && this.#hasNews()) await this.#writeCheckpoint();',
        replace: '',
      },
    ],
    killedBy: ['stops-clean'],
    ...TIMING,
  },
  {
    name: 'keys: two events of one key are handled at once',
    patches: [{ file: TURNS, find: '#max && !this.#atWork.has(key);', replace: '#max;' }],
    killedBy: ['key-order'],
    ...KEYS,
  },
  {
    name: 'keys: one more is at work than the limit allows',
    patches: [
      { file: TURNS, find: 'this.#atWork.size < this.#max &&', replace: 'this.#atWork.size <= this.#max &&' },
    ],
    killedBy: ['key-order'],
    ...KEYS,
  },
  {
    name: 'keys: of those that wait the last one comes first',
    patches: [{ file: TURNS, find: 'this.#waiting.findIndex(', replace: 'this.#waiting.findLastIndex(' }],
    killedBy: ['key-order'],
    ...KEYS,
  },
  {
    name: 'keys: an event that failed is overtaken while it waits for its next attempt',
    patches: [
      {
        file: BUS,
        find: 'if (handling !== undefined) return persist(lane, message, handling);',
        replace:
          'if (handling !== undefined) {\n      const all = persist(lane, message, handling);\n      return Promise.race([all, handling.catch(() => {})]);\n    }',
      },
    ],
    killedBy: ['key-order'],
    ...KEYS,
  },
];
