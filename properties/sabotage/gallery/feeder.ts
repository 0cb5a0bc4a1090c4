/** Sabotages of the feeder: what it hands out, what it waits for, when it rests and stops. */
import type { Sabotage } from '../sabotage.js';

const FEEDER = 'src/feeder/feeder.ts';
const PROGRESS = 'src/feeder/progress.ts';
const SIGNAL = 'src/feeder/signal.ts';

export const feederSabotages: readonly Sabotage[] = [
  {
    name: 'feeder: begins at the end of the log',
    row: 'crash between save and publish',
    patches: [
      {
        file: FEEDER,
        find: 'return { name, startedAfter: Math.min(own ?? checkpoint, checkpoint) };',
        replace: 'return { name, startedAfter: head };',
      },
    ],
    suites: ['checkpointed-feeder'],
    killedBy: ['checkpoint-safety', 'no-loss', 'projection-equality'],
  },
  {
    name: 'feeder: trusts the checkpoint over a volatile read model',
    row: 'checkpoint ahead of handling',
    patches: [
      {
        file: FEEDER,
        find: "if (durability === 'volatile') return { name, startedAfter: own ?? 0 };",
        replace: '',
      },
      {
        file: FEEDER,
        find: 'startedAfter: Math.min(own ?? checkpoint, checkpoint)',
        replace: 'startedAfter: checkpoint',
      },
    ],
    suites: ['checkpointed-feeder', 'poison-events'],
    killedBy: ['checkpoint-safety', 'projection-equality', 'no-loss'],
  },
  {
    name: 'feeder: takes what it has read for handled',
    row: 'checkpoint ahead of handling',
    patches: [
      {
        file: PROGRESS,
        find: 'return handler.pending === 0 ? Math.max(handler.read, handler.settled) : handler.settled;',
        replace: 'return Math.max(handler.read, handler.settled);',
      },
    ],
    suites: ['poison-events', 'checkpointed-feeder', 'waiting-readers', 'checkpoint-policies'],
    killedBy: ['no-loss', 'checkpoint-safety', 'read-your-writes', 'projection-equality'],
  },
  {
    name: 'feeder: writes the checkpoint before handlers are flushed, and trusts it',
    row: 'checkpoint ahead of handling',
    patches: [
      { file: FEEDER, find: 'await handler.flush?.();', replace: ';' },
      {
        file: FEEDER,
        find: 'startedAfter: Math.min(own ?? checkpoint, checkpoint)',
        replace: 'startedAfter: checkpoint',
      },
    ],
    suites: ['checkpointed-feeder'],
    killedBy: ['checkpoint-safety', 'projection-equality', 'no-loss'],
  },
  {
    name: 'feeder: counts an event as handled though one before it is not',
    row: 'concurrent handlers: 40 failed, checkpoint says 150',
    patches: [{ file: PROGRESS, find: 'if (!settled) return;', replace: 'void settled;' }],
    suites: ['overtaken-poison', 'checkpoint-policies'],
    killedBy: ['no-loss', 'checkpoint-safety'],
  },
  {
    name: 'feeder: the timer writes a checkpoint at the head, whatever is handled',
    row: 'checkpoint timer fires during catch-up and skips the backlog',
    patches: [
      {
        file: FEEDER,
        find: 'const handledUpTo = this.#progress.lastHandled;',
        replace: 'const handledUpTo = this.#progress.lastFed;',
      },
    ],
    suites: ['checkpoint-policies', 'poison-events'],
    killedBy: ['no-loss', 'checkpoint-safety', 'projection-equality'],
  },
  {
    name: 'feeder: misses a signal that comes while it is busy',
    row: 'event falls between catch-up and live',
    patches: [{ file: SIGNAL, find: 'this.#given = true;', replace: '' }],
    suites: ['two-feeders'],
    killedBy: [],
    survives:
      'the loop asks anew whether anything is due before it waits, with nothing awaited in between: no signal can come there',
  },
  {
    name: 'feeder: does not listen to the store once it has caught up',
    row: 'event falls between catch-up and live',
    patches: [
      { file: FEEDER, find: 'store.onAppended(() => this.#signal())', replace: 'store.onAppended(() => {})' },
    ],
    suites: ['checkpointed-feeder', 'poison-events'],
    killedBy: ['rests', 'liveness', 'answers', 'no-loss'],
  },
  {
    name: 'feeder: passes over what was appended while it was reading',
    row: 'position assigned before it is visible',
    patches: [
      {
        file: FEEDER,
        find: 'events.length < count ? head',
        replace: 'events.length < count ? numberOf(this.#store.head())',
      },
    ],
    suites: ['waiting-readers', 'two-feeders'],
    killedBy: ['no-loss', 'rests', 'liveness', 'read-your-writes'],
  },
  {
    name: 'feeder: hands out each batch backwards',
    row: 'publish order differs from commit order',
    patches: [
      {
        file: FEEDER,
        find: 'for (const event of events) {',
        replace: 'for (const event of [...events].reverse()) {',
      },
    ],
    suites: ['checkpointed-feeder', 'poison-events', 'two-feeders'],
    killedBy: ['order', 'projection-equality', 'no-loss'],
  },
  {
    name: 'feeder: begins one event too late',
    row: 'off by one; 0 taken for null; resume past the end replays all',
    patches: [
      {
        file: FEEDER,
        find: 'after: resumeAfter(read),',
        replace: 'after: resumeAfter(read + 1),',
      },
    ],
    suites: ['checkpointed-feeder'],
    killedBy: ['no-loss', 'projection-equality', 'rests', 'liveness', 'order', 'recovers'],
  },
  {
    name: 'feeder: a handler with nothing handled is taken for one without a record',
    row: 'off by one; 0 taken for null; resume past the end replays all',
    patches: [
      {
        file: FEEDER,
        find: 'startedAfter: Math.min(own ?? checkpoint, checkpoint)',
        replace: 'startedAfter: Math.min(own || checkpoint, checkpoint)',
      },
      { file: FEEDER, find: 'await handler.flush?.();', replace: ';' },
    ],
    suites: ['checkpointed-feeder'],
    killedBy: ['no-loss', 'projection-equality', 'checkpoint-safety'],
  },
  {
    name: 'feeder: hands out everything again at each start',
    row: 'off by one; 0 taken for null; resume past the end replays all',
    patches: [
      {
        file: FEEDER,
        find: 'startedAfter: Math.min(own ?? checkpoint, checkpoint)',
        replace: 'startedAfter: 0',
      },
    ],
    suites: ['checkpoint-policies'],
    killedBy: ['bounded-replay'],
  },
  {
    name: 'feeder: takes the position in the stream for that in the log',
    row: 'global, stream and category positions mixed up',
    patches: [
      {
        file: FEEDER,
        find: 'progress.complete(numberOf(event.metadata.globalPosition));',
        replace: 'progress.complete(Number(event.metadata.streamPosition));',
      },
    ],
    suites: ['checkpointed-feeder', 'poison-events', 'two-feeders'],
    killedBy: ['rests', 'liveness', 'no-loss', 'answers'],
  },
  {
    name: 'feeder: system events do not count as passed',
    row: 'filtered events do not advance the checkpoint',
    patches: [
      {
        file: PROGRESS,
        find: 'return handler.pending === 0 ? Math.max(handler.read, handler.settled) : handler.settled;',
        replace: 'return handler.settled;',
      },
    ],
    suites: ['checkpointed-feeder', 'poison-events'],
    killedBy: ['rests', 'liveness', 'answers'],
  },
  {
    name: 'feeder: feeds its own checkpoints',
    row: 'checkpoint feedback: each checkpoint write is itself fed',
    patches: [
      { file: FEEDER, find: 'systemStreams: false', replace: 'systemStreams: true' },
      {
        file: FEEDER,
        find: 'if (own !== undefined) this.#progress.passOver(numberOf(own));',
        replace: '',
      },
    ],
    suites: ['checkpointed-feeder'],
    killedBy: ['rests', 'answers', 'rest', 'liveness'],
  },
  {
    name: 'feeder: a checkpoint counts as news worth another checkpoint',
    row: 'checkpoint feedback: each checkpoint write is itself fed',
    patches: [
      {
        file: PROGRESS,
        find: 'return Math.min(this.lastFed, this.handledUpTo);',
        replace: 'return this.handledUpTo;',
      },
    ],
    suites: ['poison-events'],
    killedBy: ['rests', 'rest', 'liveness'],
  },
  {
    name: 'feeder: a stop does not wait for what is under way',
    row: 'two dispatchers double-dispatch; a stopped one still writes',
    patches: [
      {
        file: FEEDER,
        find: 'await Promise.all([this.stopped, this.#flushing.overdueReturned()]);',
        replace: '',
      },
    ],
    suites: ['checkpoint-policies'],
    killedBy: ['stopped-is-stopped'],
  },
  {
    name: 'feeder: a wait resolves as soon as the event is read',
    row: 'position assigned before it is visible',
    patches: [
      {
        file: FEEDER,
        find: 'wait(() => this.#handledUpTo(handler) >= target',
        replace: 'wait(() => Math.min(...this.#progress.handlers.map(({ read }) => read)) >= target',
      },
    ],
    suites: ['waiting-readers'],
    killedBy: ['read-your-writes'],
  },
  {
    name: 'feeder: a handler of another log is not refused',
    row: 'store restored or truncated below the checkpoint',
    patches: [
      {
        file: FEEDER,
        find: 'if (own !== undefined && own > head) throw new HandlerBeyondHeadError(name, own, head);',
        replace: '',
      },
    ],
    suites: ['exchanged-logs'],
    killedBy: ['projection-equality'],
  },
];
