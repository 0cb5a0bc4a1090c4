/**
 * `@seald-io/nedb` 4, as it is on npm: a document is appended to the data file and acknowledged, and never synced. Only
 * loading the database rewrites the file, atomically. A power cut can take acknowledged documents,
 * or leave half a line, which the database then refuses to load.
 */
import { createRequire } from 'node:module';
import { defineSuite, fc, type Invariant } from 'powercut';
import { freshRequire, onSimulatedDisk } from 'powercut/node-fs';

const require = createRequire(import.meta.url);

interface Document {
  readonly _id: string;
  readonly text: string;
}
type Database = import('@seald-io/nedb').default<Document>;
type Put = { readonly type: 'put'; readonly text: string };

/** Longer than a sector, so that it can tear. */
const TEXT = 'what a document has to say. '.repeat(24);

/** A document's identity is its command's place in the workload: putting it twice is as putting it once. */
const idOf = (index: number): string => `document ${index + 1}`;

const areWhole: Invariant<Database, Put> = {
  name: 'whole',
  statement: 'A document is as it was put, or not there at all.',
  check: async ({ commands }, database) => {
    const texts = new Map(commands.map(({ index, command }) => [idOf(index), command.text]));
    const documents = await database.findAsync({});
    const odd = documents.find(({ _id, text }) => texts.get(_id) !== text);
    return odd === undefined ? undefined : `${odd._id} is not as it was put`;
  },
};

const areKept: Invariant<Database, Put> = {
  name: 'kept',
  statement: 'Every acknowledged document is there.',
  check: async ({ commands }, database) => {
    const documents = await database.findAsync({});
    const ids = new Set(documents.map(({ _id }) => _id));
    const gone = commands.find(
      ({ index, outcome }) => outcome.status === 'acknowledged' && !ids.has(idOf(index)),
    );
    return gone === undefined ? undefined : `${idOf(gone.index)} was acknowledged, and is gone`;
  },
};

export default defineSuite({
  name: 'nedb',
  boot: onSimulatedDisk(async (): Promise<Database> => {
    const Datastore = freshRequire(require, '@seald-io/nedb') as new (options: object) => Database; // what it exports
    const database = new Datastore({ filename: '/documents.db' });
    await database.loadDatabaseAsync();
    return database;
  }),
  commands: fc.array(fc.constant<Put>({ type: 'put', text: TEXT }), { minLength: 1, maxLength: 3 }),
  perform: async (database, { text }, { index }) => {
    await database.updateAsync({ _id: idOf(index) }, { _id: idOf(index), text }, { upsert: true });
  },
  invariants: [areWhole, areKept],
  describe: () => 'put a document',
  expected: 'unsafe',
});
