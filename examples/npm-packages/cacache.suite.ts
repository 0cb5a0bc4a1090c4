/**
 * `cacache` 20: content is written beside its place and renamed (lib/content/write.js:37, :173), the index is appended to
 * (lib/entry-index.js:134), and nothing is synced. Both carry a digest that is checked when they are read (lib/entry-index.js:257,
 * lib/content/read.js:30): a power cut takes acknowledged entries, and never makes a wrong one.
 */
import { keeping, load } from './kept.js';

interface Cacache {
  put(cache: string, key: string, text: string): Promise<unknown>;
  get(cache: string, key: string): Promise<{ readonly data: Buffer }>;
}

const CACHE = '/cache';
/** Nothing of that name, or not what was put: a cache then fetches it again. */
const MISSES = new Set(['ENOENT', 'EINTEGRITY', 'EBADSIZE']);

export default keeping('cacache', () => {
  const { put, get } = load('cacache') as Cacache; // what it exports
  return {
    put: (text) => put(CACHE, 'text', text),
    get: async () => {
      try {
        return (await get(CACHE, 'text')).data.toString();
      } catch (error) {
        if (MISSES.has(String(Reflect.get(Object(error), 'code')))) return undefined;
        throw error;
      }
    },
  };
});
