/** Finds the file of a suite that a program has already loaded: by the line that defined it. */
import { relative } from 'node:path';
import { placeOf } from '../../sim/life/call-sites/call-site.js';
import type { Suite } from '../../sim/suite/suite.js';
import { siteOfSuite } from '../../sim/suite/suite-registry.js';
import { indexOfSuite } from './load-suites.js';

/**
 * The file that exports a suite as default, relative to `directory`. Undefined: it was defined in a file that does not export it, or in
 * `testFile`, which only a test runner can load.
 */
export const fileOfSuite = async (
  suite: Suite,
  testFile: string,
  directory: string,
): Promise<string | undefined> => {
  const path = placeOf(siteOfSuite(suite))?.file;
  if (path === undefined || path === testFile) return undefined;
  return indexOfSuite(path, suite.name).then(
    () => relative(directory, path),
    () => undefined,
  );
};
