/** Sabotages of the store above the log: groups, repetitions, visibility, subscriptions. */
import type { Sabotage } from '../sabotage.js';

const GROUP = 'src/event-store/group.ts';
const STORE = 'src/event-store/open-event-store.ts';

export const storeSabotages: readonly Sabotage[] = [
  {
    name: 'store: takes a repeated message for a new one',
    row: 'same id accepted again when the expected version is right',
    patches: [
      { file: GROUP, find: 'if (repeated !== undefined) return', replace: 'if (repeated === null) return' },
    ],
    suites: ['atomic-batches'],
    killedBy: ['retry'],
  },
  {
    name: 'store: looks for a repeated message in memory only',
    row: 'same id accepted again when the expected version is right',
    patches: [
      {
        file: GROUP,
        find: 'return this.#findMessage(event.messageId, event.messageIdHash);',
        replace: 'return undefined;',
      },
    ],
    suites: ['atomic-batches'],
    killedBy: ['retry'],
  },
  {
    name: 'store: does not check the expected version',
    row: 'same id accepted again when the expected version is right',
    patches: [
      { file: GROUP, find: 'for (const part of append.parts) this.#checkExpected(part);', replace: '' },
    ],
    suites: ['concurrent-appends'],
    killedBy: ['concurrency'],
  },
  {
    name: 'store: checks the expected version against what was durable before the group',
    row: 'position assigned before it is visible',
    patches: [
      {
        file: GROUP,
        find: 'return this.#versions.get(streamName) ?? this.#index.versionOf(streamName);',
        replace: 'return this.#index.versionOf(streamName);',
      },
    ],
    suites: ['concurrent-appends'],
    killedBy: ['concurrency', 'answers', 'usable', 'recovers', 'positions'],
  },
  {
    name: 'store: an append to several streams is several appends',
    row: 'torn write or partial batch accepted at start',
    patches: [
      {
        file: STORE,
        find: 'const append = prepareAppend(appends, this.#random);',
        replace:
          'if (appends.length > 1) {\n      const results = [];\n      for (const one of appends) results.push(...(await this.appendToStreams([one])));\n      return results;\n    }\n    const append = prepareAppend(appends, this.#random);',
      },
    ],
    suites: ['atomic-batches'],
    killedBy: ['atomicity'],
  },
  {
    name: 'store: a batch is as many appends as it has events',
    row: 'torn write or partial batch accepted at start',
    patches: [
      {
        file: STORE,
        find: 'const [result] = await this.appendToStreams([{ streamName, events, ...options }]);',
        replace:
          'let result;\n    for (const event of events) [result] = await this.appendToStreams([{ streamName, events: [event] }]);',
      },
    ],
    suites: ['checkpointed-feeder', 'atomic-batches'],
    killedBy: ['atomicity'],
  },
  {
    name: 'store: tells its listeners before the events are durable',
    row: 'position assigned before it is visible',
    patches: [
      {
        file: STORE,
        find: 'const headers = await this.#log.append(group.frames);',
        replace:
          'const appending = this.#log.append(group.frames);\n    for (const listener of [...this.#listeners]) callListener(listener, globalPosition(1));\n    const headers = await appending;\n    this.#listeners.forEach(() => {});',
      },
      {
        file: STORE,
        find: 'for (const listener of [...this.#listeners])\n        callListener(listener, globalPosition(position + count - 1));',
        replace: 'void position, count;',
      },
    ],
    suites: ['checkpointed-feeder', 'listener-positions', 'poison-events'],
    killedBy: ['rests', 'liveness', 'projection-equality', 'no-loss'],
  },
];
