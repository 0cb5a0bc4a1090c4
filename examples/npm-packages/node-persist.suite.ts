/**
 * `node-persist` 4: each item is one file, written in place and never synced (src/local-storage.js:425). A power cut, and a kill of
 * the process between truncation and write, too, leave a file that it then refuses (src/local-storage.js:349).
 */
import { keeping, load } from './kept.js';

interface Storage {
  init(options: object): Promise<unknown>;
  setItem(key: string, value: string): Promise<unknown>;
  getItem(key: string): Promise<string | undefined>;
}

export default keeping('node-persist', async () => {
  const storage = load('node-persist') as Storage; // what it exports
  await storage.init({ dir: '/storage', writeQueue: false, expiredInterval: false });
  return { put: (text) => storage.setItem('text', text), get: () => storage.getItem('text') };
});
