const MOVED =
  'a rename from one directory to another is one change, which the sync of either makes durable; ' +
  'both are synced, first the one that gains the file, for file systems that promise less';

const ROOM =
  'the room that a full segment gives back are zeros, which every reader passes over, and without its seal the log is read ' +
  'in place of the index file: the sync only keeps both from being undecided for ever, which would double what each later ' +
  'power cut may leave';

const FORGED =
  'only an index file that was forged, or is of another log, is removed there: no store of a suite has one, and no power cut makes one';

/** Automatic sabotages that nothing can kill, and why: what they break was redundant. By name. */
export const explained: Readonly<Record<string, string>> = {
  'designs/clean-shutdown-marker.ts: syncDirectory(fs, directory) (2), ignored':
    'a marker that a power cut takes back only makes the next start rebuild, which is safe',
  'designs/clean-shutdown-marker.ts: syncDirectory(fs, directory) (2), swapped with the call before it':
    'closing a file makes nothing durable: whether the directory is synced before or after it is all one',
  'event-store/log/recovery.ts: syncDirectory(fs, directory), ignored': FORGED,
  'event-store/log/recovery.ts: syncDirectory(fs, directory), swapped with the call before it': FORGED,
  'event-store/log/seal-segment.ts: handle.sync(), ignored': ROOM,
  'event-store/maintenance/repair-log.ts: syncDirectory(fs, aside), ignored': MOVED,
  'event-store/maintenance/repair-log.ts: syncDirectory(fs, directory) (2), ignored': MOVED,
  'event-store/maintenance/repair-log.ts: syncDirectory(fs, directory) (2), swapped with the call before it':
    MOVED,
};
