/**
 * `flat-cache` 6: `save` writes the whole cache in place and syncs nothing (dist/index.cjs:344). A torn file is dropped when it is
 * loaded, or refused as JSON. Acknowledged entries are gone, after a kill of the process, too.
 */
import { keeping, load } from './kept.js';

interface Cache {
  load(id: string): void;
  setKey(key: string, value: string): void;
  getKey(key: string): string | undefined;
  save(force?: boolean): void;
}

export default keeping('flat-cache', () => {
  const { FlatCache } = load('flat-cache') as {
    FlatCache: new (options: { readonly cacheDir: string; readonly cacheId: string }) => Cache;
  }; // what it exports
  const cache = new FlatCache({ cacheDir: '/cache', cacheId: 'kept' });
  cache.load('kept');
  return {
    put: (text) => {
      cache.setKey('text', text);
      cache.save(true);
    },
    get: () => cache.getKey('text'),
  };
});
