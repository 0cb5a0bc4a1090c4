/** The tests of better-sqlite3 that fail on `powercut/sqlite`, each with the reason. */

interface ExpectedFailure {
  /** Of the full titles. */
  readonly title: RegExp;
  readonly reason: string;
}

/** Files that are about the native addon alone. */
export const LEFT_OUT: readonly string[] = [
  '02.entrypoints.js', // where the addon lies
  '35.database.load-extension.js', // native code
  '41.at-exit.js', // starts a process with the addon
  '44.worker-threads.js', // threads
];

export const EXPECTED_FAILURES: readonly ExpectedFailure[] = [
  { title: /Database#table\(\)/, reason: 'virtual tables are not served' },
  { title: /BigInts should get passed to virtual tables/, reason: 'virtual tables are not served' },
  { title: /BigInts should respect the default setting on the database/, reason: 'it uses a virtual table' },
  {
    title: /accept the "timeout" option/,
    reason: 'a busy timeout ends at once: no other code can release the lock',
  },
  { title: /integrity checks Database#loadExtension\(\)/, reason: 'an extension is native code' },
  { title: /accept the "nativeBinding" option/, reason: 'there is no addon' },
  { title: /not fully expand very long bound parameter/, reason: 'the build has no SQLITE_TRACE_SIZE_LIMIT' },
  {
    title: /supports LIMIT in (DELETE|UPDATE) statements/,
    reason: 'the build has no SQLITE_ENABLE_UPDATE_DELETE_LIMIT',
  },
];
