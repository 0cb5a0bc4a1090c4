/** Sabotages of the designs: what each one rests on is taken away. */
import type { Sabotage } from '../sabotage.js';

const SYNC_ON_START = 'src/designs/sync-on-start.ts';
const REBUILD = 'src/designs/rebuild-on-dirty-start.ts';
const ONE_TRANSACTION = 'src/designs/one-transaction.ts';
const MARKER = 'src/designs/clean-shutdown-marker.ts';
const PUBLISHING = 'src/designs/bank/publishing.ts';
const ONE_AT_A_TIME = 'src/designs/one-at-a-time.ts';
const BUS = 'src/message-bus/message-bus.ts';
const COMMAND_HANDLER = 'src/command-handler/command-handler.ts';
const DECIDE = 'src/command-handler/decide-on-stream.ts';

export const designSabotages: readonly Sabotage[] = [
  {
    name: 'sync-on-start: does not replay the difference to durable listeners',
    row: 'crash between save and publish',
    patches: [
      {
        file: SYNC_ON_START,
        find: 'await replay(bank.store, BEGINNING, (event) => bus.publish(event));',
        replace: 'await replay(bank.store, BEGINNING, bank.listeners.overview.handle);',
      },
    ],
    suites: ['sync-on-start'],
    killedBy: ['projection-equality', 'no-loss'],
  },
  {
    name: 'one-transaction: saves the read model before the events',
    row: 'crash between save and publish',
    patches: [
      {
        file: ONE_TRANSACTION,
        find: 'await store.appendToStreams([account, remember(events)]);',
        replace:
          'await store.appendToStreams([remember(events)]);\n        await store.appendToStreams([account]);',
      },
    ],
    suites: ['one-transaction'],
    killedBy: ['projection-equality', 'no-loss', 'checkpoint-safety', 'usable', 'durability'],
  },
  {
    name: 'publishing: tells the customer that the command failed when only the publishing did',
    row: 'publish throws after the save: the caller sees an error though the event is stored',
    patches: [
      {
        file: PUBLISHING,
        find: "bank.env.mark('bank:publish-failed');\n    return false;",
        replace: "throw new Error('publishing failed');",
      },
      {
        file: BUS,
        find: 'await park({ subscriber: name, message, attempts: retry.attempts, error: errorRecord(error) });',
        replace: 'throw error;',
      },
    ],
    suites: ['lost-letters/sync-on-start', 'lost-letters/rebuild-on-dirty-start'],
    killedBy: ['concurrency', 'decisions', 'usable'],
  },
  {
    name: 'designs: commands are published as they come, not one at a time',
    row: 'publish order differs from commit order',
    patches: [
      { file: ONE_AT_A_TIME, find: 'const turn = last.then(action);', replace: 'const turn = action();' },
    ],
    suites: ['busy-customers/one-transaction', 'busy-customers/sync-on-start'],
    killedBy: ['order', 'durability', 'projection-equality', 'no-loss', 'usable'],
  },
  {
    name: 'rebuild-on-dirty-start: rebuilds the state but keeps the position',
    row: 'rebuild does not reset the cursor: empty model',
    patches: [
      {
        file: REBUILD,
        find: 'bank.balances.replace(projection.initial, BEGINNING);',
        replace: 'bank.balances.replace(projection.initial, bank.balances.position);',
      },
    ],
    suites: ['rebuild-on-dirty-start'],
    killedBy: ['projection-equality'],
  },
  {
    name: 'clean-shutdown marker: not removed at the start',
    row: 'clean-shutdown marker written first, or not removed at start',
    patches: [
      {
        file: MARKER,
        find: 'await fs.unlink(',
        replace: 'await fs.stat(',
      },
    ],
    suites: ['rebuild-on-dirty-start'],
    killedBy: ['projection-equality', 'no-loss', 'usable'],
  },
  {
    name: 'clean-shutdown marker: removed, but not durably',
    row: 'clean-shutdown marker written first, or not removed at start',
    patches: [
      { file: MARKER, find: 'await syncDirectory(fs, directory);\n  return true;', replace: 'return true;' },
    ],
    suites: ['rebuild-on-dirty-start'],
    killedBy: ['projection-equality', 'no-loss', 'usable'],
  },
  {
    name: 'clean-shutdown marker: left before the listeners are flushed',
    row: 'clean-shutdown marker written first, or not removed at start',
    patches: [
      {
        file: REBUILD,
        find: 'await flushListeners(bank);\n      if (complete) await leaveMarker(env.fs, bank.directory);',
        replace:
          'if (complete) await leaveMarker(env.fs, bank.directory);\n      await flushListeners(bank);',
      },
    ],
    suites: ['rebuild-on-dirty-start'],
    killedBy: ['projection-equality', 'no-loss', 'usable', 'checkpoint-safety'],
  },
  {
    name: 'command handler: decides a repeated request on the stream as it is by now',
    row: 'same id accepted again when the expected version is right',
    patches: [
      { file: DECIDE, find: 'if (repeated !== undefined) return', replace: 'if (repeated === null) return' },
    ],
    suites: ['checkpointed-feeder'],
    killedBy: ['retry', 'decisions'],
  },
  {
    name: 'command handler: appends whatever was appended since it read the stream',
    row: 'an expectation of an append is ignored',
    patches: [{ file: COMMAND_HANDLER, find: 'expectedStreamVersion: version,', replace: '' }],
    suites: ['reserved-seats'],
    killedBy: ['not-overbooked'],
  },
];
