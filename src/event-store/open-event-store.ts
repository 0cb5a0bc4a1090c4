/** The event store on a directory: opening it, and the store itself. */

import type { Environment } from '../environment.js';
import { checkBytes } from './arguments.js';
import { MAX_SEGMENT_BYTES } from './format/segment.js';
import { lockDirectory } from './log/directory-lock.js';
import type { LogOptions } from './log/log.js';
import { recoverLog } from './log/recovery.js';
import { type MaxCount, sealTail } from './log/seal-segment.js';
import { type DurableEventStore, LogEventStore } from './log-event-store.js';
import type { DecodedEvents } from './read/decoded-event-cache.js';

/** How a store keeps its log. */
export interface StoreOptions extends Partial<LogOptions> {
  /**
   * How many of its last events a system stream keeps at least; undefined: all of them. Older ones are dropped when
   * the segment they are in is full. By default checkpoint streams keep 100.
   */
  readonly maxCount?: MaxCount;
  /** Where decoded events are kept, to be read again. Several stores may share it. Default: nowhere, so each read decodes. */
  readonly decoded?: DecodedEvents;
}

const MiB = 1024 * 1024;
const DEFAULTS: LogOptions & { readonly maxCount: MaxCount } = {
  segmentBytes: 8 * MiB,
  preallocateBytes: MiB / 4,
  cacheBytes: 64 * MiB,
  maxCount: (streamName) => (streamName.startsWith('$checkpoint-') ? 100 : undefined),
};

/**
 * Opens the store in `directory`, which is created when it is not there. Cuts and reports (`recovery`) what a power
 * cut tore. O(bytes of the last segment + streams); O(bytes of the log) when the last index file is not there.
 * @throws StoreLockedError another store has the directory open
 * @throws CorruptLogError the log is damaged in a way no power cut explains; nothing was changed
 */
export const openEventStore = async (
  env: Environment,
  directory: string,
  options: StoreOptions = {},
): Promise<DurableEventStore> => {
  const all = { ...DEFAULTS, ...options };
  checkBytes('segmentBytes', all.segmentBytes, 1024, MAX_SEGMENT_BYTES);
  checkBytes('preallocateBytes', all.preallocateBytes, 0, 64 * MiB);
  checkBytes('cacheBytes', all.cacheBytes, 0, Number.MAX_SAFE_INTEGER);
  const lock = await lockDirectory(env, directory);
  try {
    const { log, index, report } = await recoverLog(env, directory, all);
    const seal = (): Promise<void> => sealTail(env, directory, log, index, all.maxCount);
    return new LogEventStore({ env, log, index, report, seal, lock, decoded: options.decoded });
  } catch (error) {
    await lock.release().catch(() => {}); // The first error is the one to tell.
    throw error;
  }
};
