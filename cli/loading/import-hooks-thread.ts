/** What Node's loader does to the text of a module, in a thread of its own where Node has no other hooks (before 22.15). */
import { withImportsServed } from '../../sim/modules/served-imports.js';

/** What a loader makes of a URL. */
export interface Loaded {
  readonly format?: string | null | undefined;
  readonly source?: string | ArrayBuffer | NodeJS.TypedArray | null | undefined;
}

const decoder = new TextDecoder();

/** TypeScript and the like are somebody else's to compile first. */
const IS_JAVASCRIPT = new Set<unknown>(['module', 'commonjs']);

export const served = (loaded: Loaded): Loaded => {
  const { format, source } = loaded;
  if (source === null || source === undefined || !IS_JAVASCRIPT.has(format)) return loaded;
  return {
    ...loaded,
    source: withImportsServed(typeof source === 'string' ? source : decoder.decode(source)),
  };
};

/** Node's name for the hook. */
export const load = async (
  url: string,
  context: unknown,
  next: (url: string, context: unknown) => Promise<Loaded>,
): Promise<Loaded> => served(await next(url, context));
