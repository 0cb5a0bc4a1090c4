/**
 * `lowdb` 7: its file adapter writes by steno (lib/adapters/node/TextFile.js:26), which writes beside the file, renames and syncs
 * nothing (steno/lib/index.js:53 and :55). A power cut leaves an empty file, which lowdb then can't parse; a kill loses nothing.
 */
import { keeping, load } from './kept.js';

interface Low {
  data: { text: string };
  read(): Promise<void>;
  write(): Promise<void>;
}

export default keeping('lowdb', async () => {
  const { Low } = load('lowdb') as { Low: new (adapter: object, data: { text: string }) => Low }; // what they export
  const { JSONFile } = load('lowdb/node') as { JSONFile: new (path: string) => object };
  const database = new Low(new JSONFile('/db.json'), { text: '' });
  await database.read();
  return {
    put: (text) => {
      database.data.text = text;
      return database.write();
    },
    get: () => (database.data.text === '' ? undefined : database.data.text),
  };
});
