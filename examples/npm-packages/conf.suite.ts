/**
 * `conf` 15: it writes by atomically (dist/source/index.js:417), which syncs the new file before it renames it, and never the
 * directory (atomically/dist/index.js:174, :189). Nothing is ever torn; a power cut may take the rename back.
 */
import { keeping, load } from './kept.js';

interface Conf {
  get(key: string): unknown;
  set(key: string, value: string): void;
}

export default keeping('conf', () => {
  const { default: Store } = load('conf') as {
    default: new (options: { readonly cwd: string; readonly projectName: string }) => Conf;
  }; // what it exports
  const store = new Store({ cwd: '/settings', projectName: 'kept' });
  return {
    put: (text) => store.set('text', text),
    get: () => store.get('text') as string | undefined, // nothing else was ever put
  };
});
