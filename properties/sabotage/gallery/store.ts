/** Sabotages of the store above the log: groups, repetitions, visibility, subscriptions. */
import type { Sabotage } from '../sabotage.js';

const GROUP = 'src/event-store/append/append-group.ts';
const INDEX_FILE = 'src/event-store/format/index-file.ts';
const RECOVERY = 'src/event-store/log/recovery.ts';
/** In `writeFile`, for compacted segments and index files. */
const WRITTEN = 'await writeRange(handle, bytes, 0, bytes.length);';
const WRITTEN_THEN_SYNCED = `${WRITTEN}\n    await handle.sync();`;
const SEALING = 'src/event-store/log/seal-segment.ts';
const STORE = 'src/event-store/log-event-store.ts';
const SUBSCRIPTION = 'src/event-store/read/subscription.ts';

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
        find: 'return this.#findMessage(messageId, hash);',
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
      {
        file: GROUP,
        find: 'if (isAsExpected(expected, actual)) continue;',
        replace: 'if (isAsExpected(expected, actual) || actual >= 0) continue;',
      },
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
        find: 'appendToStreams<E extends AnyEvent = AnyEvent>(\n    appends: readonly StreamAppend<NoInfer<E>>[],\n  ): Promise<readonly AppendResult[]> {',
        replace:
          'async appendToStreams(appends) {\n    if (appends.length > 1) {\n      const results = [];\n      for (const one of appends) results.push(...(await this.appendToStreams([one])));\n      return results;\n    }',
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
        find: 'const headers = await this.#log.append(group.frames, () => this.#tidyUp());',
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
  {
    name: 'subscription: goes on at the head once a batch is handed over',
    row: 'event falls between catch-up and live',
    patches: [
      {
        file: SUBSCRIPTION,
        find: 'this.#after = event.metadata.globalPosition;',
        replace:
          'this.#after = this.#next < this.#batch.length ? event.metadata.globalPosition : this.#source.head();',
      },
    ],
    suites: ['live-subscriptions'],
    killedBy: ['no-loss', 'liveness'],
  },
  {
    name: 'subscription: is not woken once it has caught up',
    row: 'event falls between catch-up and live',
    patches: [
      { file: SUBSCRIPTION, find: 'source.watch(() => this.#wake?.())', replace: 'source.watch(() => {})' },
    ],
    suites: ['live-subscriptions'],
    killedBy: ['no-loss', 'liveness'],
  },
  {
    name: 'subscription: hands over the last event once more before it goes live',
    row: 'off by one; 0 taken for null; resume past the end replays all',
    patches: [
      {
        file: SUBSCRIPTION,
        find: 'if (ended === undefined) await this.#woken();',
        replace:
          'if (ended === undefined) {\n        await this.#woken();\n        if (this.#after !== BEGINNING && this.#after > 1n) this.#after = this.#after - 1n;\n      }',
      },
    ],
    suites: ['live-subscriptions'],
    killedBy: ['once'],
  },
  {
    name: 'subscription: waits at a gap in the positions until it is filled',
    row: 'a permanent gap stalls the reader',
    patches: [
      {
        file: SUBSCRIPTION,
        find: 'if (event !== undefined) {',
        replace:
          'if (event !== undefined && event.metadata.globalPosition > (this.#after === BEGINNING ? 0n : this.#after) + 1n) {\n        await this.#woken();\n        continue;\n      }\n      if (event !== undefined) {',
      },
    ],
    suites: ['sealed-segments'],
    killedBy: ['no-loss', 'liveness'],
  },
  {
    name: 'sealing: never compacts',
    row: 'checkpoint stream grows without end',
    patches: [{ file: SEALING, find: 'if (!any) return undefined;', replace: 'return undefined;' }],
    suites: ['sealed-segments'],
    killedBy: ['bounded-log'],
  },
  {
    name: 'compaction: drops what is not past its number',
    row: 'checkpoint stream grows without end',
    patches: [
      { file: SEALING, find: 'if (!isSystemStream(streamName)) return false;', replace: '' },
      { file: SEALING, find: 'return kept !== undefined && version', replace: 'return version' },
      { file: SEALING, find: 'Math.max(kept, 1)', replace: 'Math.max(kept ?? 1, 1)' },
    ],
    suites: ['sealed-segments'],
    killedBy: ['durability', 'atomicity', 'no-loss', 'recovers'],
  },
  {
    name: 'compaction: keeps one event fewer than it should',
    row: 'checkpoint stream grows without end',
    patches: [{ file: SEALING, find: 'Math.max(kept, 1)', replace: 'Math.max(kept - 1, 1)' }],
    suites: ['sealed-segments'],
    killedBy: ['last-kept'],
  },
  {
    name: 'sealing: puts the compacted segment in place without a sync',
    row: 'rename without fsync',
    patches: [{ file: SEALING, find: WRITTEN_THEN_SYNCED, replace: WRITTEN }],
    suites: ['sealed-segments'],
    killedBy: ['recovers', 'durability', 'atomicity'],
  },
  {
    name: 'sealing: trusts an index that was never synced over the log',
    row: 'index trusted over log',
    patches: [
      {
        file: SEALING,
        find: WRITTEN_THEN_SYNCED,
        replace: `${WRITTEN} if (path.endsWith(".tmp")) await handle.sync();`,
      },
      {
        file: INDEX_FILE,
        find: 'if (crc32(bytes.subarray(2 * WORD_BYTES)) !== bytes.readUInt32LE(WORD_BYTES)) return undefined;',
        replace: '',
      },
      {
        file: RECOVERY,
        find: `stored.base + stored.count === tailBase &&
    stored.baseCount === count &&
    (await endsAsIndexed(fs, directory, stored));`,
        replace: '!Number.isNaN(count);',
      },
    ],
    suites: ['sealed-segments'],
    killedBy: ['recovers', 'durability', 'atomicity', 'no-loss', 'positions', 'controlled'],
  },
];
