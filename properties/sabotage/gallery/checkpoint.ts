/** Sabotages of the feeder's checkpoint: what it says, who may write it, what is believed of it. */
import type { Sabotage } from '../sabotage.js';

const CHECKPOINT = 'src/feeder/checkpoint.ts';
const FEEDER = 'src/feeder/feeder.ts';

export const checkpointSabotages: readonly Sabotage[] = [
  {
    name: 'checkpoint: a stale feeder overwrites a newer one',
    row: 'two dispatchers double-dispatch; a stopped one still writes',
    patches: [{ file: CHECKPOINT, find: 'expectedStreamVersion: version,', replace: '' }],
    suites: ['two-feeders'],
    killedBy: ['monotonicity'],
  },
  {
    name: 'checkpoint: a stale feeder looks up the version and still writes',
    row: 'two dispatchers double-dispatch; a stopped one still writes',
    patches: [
      {
        file: CHECKPOINT,
        find: 'throw new StaleFeederError(feeder, { cause: error });',
        replace: 'version = store.streamVersion(streamName);\n        return append();',
      },
    ],
    suites: ['two-feeders'],
    killedBy: ['monotonicity', 'rest'],
  },
  {
    name: 'checkpoint: names the position after the last one handled',
    row: 'checkpoint names a position not yet used: the next event is lost',
    patches: [
      {
        file: FEEDER,
        find: 'this.#checkpoint.write(resumeAfter(handledUpTo))',
        replace: 'this.#checkpoint.write(resumeAfter(handledUpTo + 1))',
      },
    ],
    suites: ['checkpointed-feeder', 'poison-events', 'two-feeders'],
    killedBy: ['checkpoint-safety', 'recovers', 'no-loss'],
  },
  {
    name: 'checkpoint: names a position in its own stream',
    row: 'global, stream and category positions mixed up',
    patches: [
      {
        file: CHECKPOINT,
        find: 'position: position === BEGINNING ? BEGINNING : Number(position),',
        replace: 'position: position === BEGINNING ? BEGINNING : Math.ceil(Number(position) / 2),',
      },
    ],
    suites: ['checkpoint-policies', 'checkpointed-feeder', 'two-feeders'],
    killedBy: ['rest', 'bounded-replay', 'order', 'monotonicity'],
  },
  {
    name: 'checkpoint: an append whose answer was lost is tried again as another one',
    row: 'ambiguous checkpoint append leaves a wrong cached version',
    patches: [{ file: CHECKPOINT, find: 'data, messageId }], {', replace: 'data }], {' }],
    suites: ['ambiguous-checkpoints'],
    killedBy: ['one-goes-on', 'checkpoint-keeps-up', 'no-loss'],
  },
  {
    name: 'checkpoint: an append whose answer was lost is given up in silence',
    row: 'ambiguous checkpoint append leaves a wrong cached version',
    patches: [
      {
        file: CHECKPOINT,
        find: "if (errorCode(error) !== 'EXPECTED_VERSION_CONFLICT') throw error;",
        replace:
          "if (errorCode(error) !== 'EXPECTED_VERSION_CONFLICT') throw error;\n        writes++;\n        return { nextExpectedStreamVersion: version, lastEventGlobalPosition: undefined };",
      },
      { file: CHECKPOINT, find: 'data, messageId }], {', replace: 'data }], {' },
    ],
    suites: ['ambiguous-checkpoints'],
    killedBy: ['one-goes-on', 'checkpoint-keeps-up', 'rest', 'rests'],
  },
  {
    name: 'checkpoint: something else in its place means the beginning',
    row: 'foreign or corrupt record in the checkpoint stream',
    patches: [
      {
        file: CHECKPOINT,
        find: "typeof data.feeder !== 'string') {",
        replace: "typeof data.feeder !== 'string') {\n    return 0;",
      },
    ],
    suites: ['damaged-checkpoints'],
    killedBy: ['fail-loud'],
  },
  {
    name: 'checkpoint: any number will do',
    row: 'foreign or corrupt record in the checkpoint stream',
    patches: [
      {
        file: CHECKPOINT,
        find: "if (typeof position !== 'number' || !Number.isSafeInteger(position) || position < 1) {",
        replace: "if (typeof position !== 'number') {",
      },
    ],
    suites: ['damaged-checkpoints'],
    killedBy: ['fail-loud', 'answers', 'usable'],
  },
  {
    name: 'checkpoint: one of another feeder is taken for its own',
    row: 'foreign or corrupt record in the checkpoint stream',
    patches: [
      {
        file: CHECKPOINT,
        find: 'if (data.feeder !== feeder) {',
        replace: 'if (data.feeder === undefined) {',
      },
    ],
    suites: ['damaged-checkpoints'],
    killedBy: ['fail-loud'],
  },
  {
    name: 'checkpoint: one beyond the end of the log is believed',
    row: 'store restored or truncated below the checkpoint',
    patches: [
      { file: CHECKPOINT, find: 'if (position >= globalPosition) {', replace: 'if (position < 0) {' },
    ],
    suites: ['damaged-checkpoints'],
    killedBy: ['fail-loud'],
  },
];
