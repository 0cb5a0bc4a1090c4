/** Sabotages of read models and the files they are kept in. */
import type { Sabotage } from '../sabotage.js';

const STATE_FILE = 'src/read-models/state-file.ts';
const READ_MODEL = 'src/read-models/read-model.ts';
const REBUILD = 'src/read-models/rebuild.ts';
const LISTENER = 'src/designs/bank/listener.ts';

export const readModelSabotages: readonly Sabotage[] = [
  {
    name: 'rebuild: leaves out what is delivered while it reads the log',
    row: 'event falls between catch-up and live',
    patches: [
      {
        file: REBUILD,
        find: 'position < until; until = numberOf(model.position)) {',
        replace: 'position < until; until = position) {',
      },
    ],
    suites: ['rebuilt-models'],
    killedBy: ['projection-equality'],
  },
  {
    name: 'rebuild: folds the log on top of the state in use',
    row: 'rebuild does not reset the cursor: empty model',
    patches: [
      { file: REBUILD, find: 'let state = projection.initial;', replace: 'let state = model.state;' },
    ],
    suites: ['rebuilt-models'],
    killedBy: ['projection-equality'],
  },
  {
    name: 'state file: writes over the only good copy',
    row: 'replace that is not atomic; acknowledged ahead of fsync',
    patches: [
      {
        file: STATE_FILE,
        find: 'const next = current === first ? second : first;',
        replace: 'const next = first;',
      },
    ],
    suites: ['state-files'],
    killedBy: ['last-save', 'recovers'],
  },
  {
    name: 'state file: takes a slot whose checksum does not hold',
    row: 'checksum not checked',
    patches: [
      {
        file: STATE_FILE,
        find: 'if (crc32(bytes.subarray(LENGTH_AT, end)) !== bytes.readUInt32BE(CHECKSUM_AT)) return undefined;',
        replace: '',
      },
    ],
    suites: ['state-files'],
    killedBy: ['last-save', 'recovers'],
  },
  {
    name: 'state file: saves without a sync',
    row: 'replace that is not atomic; acknowledged ahead of fsync',
    patches: [{ file: STATE_FILE, find: 'await handle.datasync();\n};', replace: 'void handle;\n};' }],
    suites: ['state-files'],
    killedBy: ['last-save', 'recovers'],
  },
  {
    name: 'read model: keeps its position apart from its state',
    row: 'checkpoint ahead of handling',
    patches: [
      {
        file: READ_MODEL,
        find: '    position = event.metadata.globalPosition;\n',
        replace:
          '    position = event.metadata.globalPosition;\n      if (event.metadata.streamPosition > 1n) state = projection.initial;\n',
      },
    ],
    suites: ['sync-on-start'],
    killedBy: ['projection-equality'],
  },
  {
    name: 'read model: takes in an event that it has had already',
    row: 'two dispatchers double-dispatch; a stopped one still writes',
    patches: [
      {
        file: READ_MODEL,
        find: 'if (numberOf(event.metadata.globalPosition) <= numberOf(position)) return false;',
        replace: '',
      },
      {
        file: LISTENER,
        find: 'if (position > numberOf(model.position)) return take(event);',
        replace: 'return take(event);',
      },
    ],
    suites: ['checkpointed-feeder'],
    killedBy: ['projection-equality'],
  },
  {
    name: 'listener: takes the position in the stream for that in the log',
    row: 'global, stream and category positions mixed up',
    patches: [
      {
        file: LISTENER,
        find: 'const position = numberOf(event.metadata.globalPosition);',
        replace: 'const position = Number(event.metadata.streamPosition);',
      },
    ],
    suites: ['sync-on-start', 'checkpointed-feeder'],
    killedBy: ['projection-equality', 'no-loss', 'order'],
  },
  {
    name: 'read model: a state that includes more than the log has is not refused',
    row: 'store restored or truncated below the checkpoint',
    patches: [
      {
        file: READ_MODEL,
        find: 'if (claimed > head) throw new HandlerBeyondHeadError(name, claimed, head);',
        replace: '',
      },
    ],
    suites: ['restored-logs'],
    killedBy: ['refused-aloud', 'projection-equality'],
  },
  {
    name: 'read model: a state is refused only if its last event is beyond the end of the log',
    row: 'store restored or truncated below the checkpoint',
    patches: [
      {
        file: READ_MODEL,
        find: 'if (claimed > head) throw',
        replace: 'if (claimed > head && (sealedWith ?? claimed) > head) throw',
      },
    ],
    suites: ['restored-logs'],
    killedBy: ['projection-equality'],
  },
];
