/** Sabotages of the message bus: order, isolation, parking, stopping. */
import type { Sabotage } from '../sabotage.js';

const BUS = 'src/message-bus/message-bus.ts';
const AT_WORK = 'src/message-bus/at-work.ts';
const TURNS = 'src/message-bus/turns.ts';
const PARKING = 'src/feeder/parking.ts';

export const busSabotages: readonly Sabotage[] = [
  {
    name: 'bus: a handler that fails for good is halted instead of parking the event',
    row: "one handler's throw starves later events or other handlers",
    patches: [
      {
        file: BUS,
        find: 'await park({ subscriber: name, message, attempts: retry.attempts, error: errorRecord(error) });',
        replace: 'throw error;',
      },
    ],
    suites: ['poison-events'],
    killedBy: ['isolation', 'no-loss', 'one-goes-on'],
  },
  {
    name: 'bus: hands a message to the next handler only when the one before has not failed',
    row: "one handler's throw starves later events or other handlers",
    patches: [
      {
        file: BUS,
        find: 'return lane.subscriber.handle(message);',
        replace:
          'if (lanes.some((other) => other !== lane && Reflect.get(other, "failed") === message)) return;\n      return lane.subscriber.handle(message);',
      },
      {
        file: BUS,
        find: 'if (attempt < retry.attempts) {',
        replace: 'Reflect.set(lane, "failed", message);\n        if (attempt < retry.attempts) {',
      },
    ],
    suites: ['poison-events'],
    killedBy: ['isolation', 'no-loss'],
  },
  {
    name: 'bus: hands out what was published last first',
    row: 'publish order differs from commit order',
    patches: [{ file: TURNS, find: 'this.#waiting.findIndex(', replace: 'this.#waiting.findLastIndex(' }],
    suites: ['poison-events', 'busy-customers/sync-on-start'],
    killedBy: ['order', 'projection-equality', 'no-loss'],
  },
  {
    name: 'bus: subscribers register a moment after it is open',
    row: 'dispatch starts before subscribers register',
    patches: [
      {
        file: BUS,
        find: 'const lanes = options.subscribers.map(laneOf);',
        replace:
          'const lanes: Lane<Message>[] = [];\n  clock.schedule(1, () => void lanes.push(...options.subscribers.map(laneOf)));',
      },
    ],
    suites: ['sync-on-start', 'rebuild-on-dirty-start', 'poison-events'],
    killedBy: ['no-loss', 'projection-equality', 'liveness', 'rests'],
  },
  {
    name: 'bus: lets handlers go on after a stop',
    row: 'two dispatchers double-dispatch; a stopped one still writes',
    patches: [
      { file: BUS, find: 'if (stopped) throw new BusStoppedError();', replace: '' },
      {
        file: BUS,
        find: 'await Promise.all(lanes.map(({ turns }) => turns.idle()));',
        replace: '',
      },
    ],
    suites: ['checkpoint-policies'],
    killedBy: ['stopped-is-stopped'],
  },
  {
    name: 'bus: a stop does not wait for calls that exceeded their time limit',
    row: 'two dispatchers double-dispatch; a stopped one still writes',
    patches: [{ file: BUS, find: 'await atWork.overdueReturned();', replace: '' }],
    suites: ['stuck-handlers'],
    killedBy: ['stuck-is-left-alone'],
  },
  {
    name: 'bus: waits for a handler for ever',
    row: "one handler's throw starves later events or other handlers",
    patches: [
      {
        file: AT_WORK,
        find: 'this.#clock.schedule(timeoutMs, late);',
        replace: '() => void late;',
      },
    ],
    suites: ['stuck-handlers'],
    killedBy: ['rests', 'all-settled'],
  },
  {
    name: 'bus: takes a handler that ran out of time for done',
    row: "one handler's throw starves later events or other handlers",
    patches: [
      {
        file: AT_WORK,
        find: 'end(() => reject(new HandlerTimeoutError(name, timeoutMs)));',
        replace: 'end(resolve);',
      },
    ],
    suites: ['stuck-handlers'],
    killedBy: ['all-settled'],
  },
  {
    name: 'bus: parks the event of a handler that a stop left alone',
    row: 'two dispatchers double-dispatch; a stopped one still writes',
    patches: [{ file: BUS, find: 'if (atWork.isDeparture(error)) throw error;', replace: '' }],
    suites: ['stuck-handlers'],
    killedBy: ['parked-for-time', 'all-settled'],
  },
  {
    name: 'bus: tries a poison event again for ever',
    row: 'poison event: crash loop, never parked',
    patches: [{ file: BUS, find: 'if (attempt < retry.attempts) {', replace: 'if (attempt > 0) {' }],
    suites: ['poison-events'],
    killedBy: ['rests', 'liveness', 'no-loss'],
  },
  {
    name: 'parking: leaves no durable record',
    row: 'poison event: crash loop, never parked',
    patches: [
      {
        file: PARKING,
        find: 'await store.appendToStream(parkedStream(subscriber), [',
        replace: 'void ([',
      },
    ],
    suites: ['poison-events', 'lost-letters/checkpointed-feeder'],
    killedBy: ['no-loss'],
  },
  {
    name: 'parking: parks the same event again after a crash',
    row: 'poison event: crash loop, never parked',
    patches: [
      {
        file: PARKING,
        find: 'messageId: recordId(subscriber, messageId, turn),',
        replace: '',
      },
    ],
    suites: ['poison-events'],
    killedBy: ['parked-once'],
  },
  {
    name: 'bus: counts an event as settled before it is handled',
    row: 'checkpoint ahead of handling',
    patches: [
      {
        file: BUS,
        find: 'return lane.subscriber.handle(message);',
        replace: 'lane.subscriber.settled?.(message);\n      return lane.subscriber.handle(message);',
      },
    ],
    suites: ['poison-events', 'checkpointed-feeder', 'checkpoint-policies'],
    killedBy: ['no-loss', 'checkpoint-safety', 'projection-equality'],
  },
];
