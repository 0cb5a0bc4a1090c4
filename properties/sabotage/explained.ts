/** Automatic sabotages that nothing can kill, and why: what they break was redundant. By name. */
export const explained: Readonly<Record<string, string>> = {
  'designs/clean-shutdown-marker.ts: syncDirectory(fs, directory) (2), ignored':
    'a marker that the power cut takes away costs the next start a rebuild that was not needed, and nothing else',
  'designs/clean-shutdown-marker.ts: syncDirectory(fs, directory) (2), swapped with the call before it':
    'the call before it closes the empty marker, which the directory is independent of',
};
