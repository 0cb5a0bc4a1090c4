/** Compiled files whose source is gone, or is for tests only: they must not be packed. */

const FOR_TESTS = /\.(test|long-test|browser-test|viewer-test)\.|\/(testing|fixtures)\//;

/** One line for each path of a package that should not be in it. `exists` gets the paths of sources, from the root. */
export const leftovers = (paths: readonly string[], exists: (path: string) => boolean): readonly string[] =>
  paths.flatMap((path) => {
    const source = /^dist\/(.+?)(?:\.d\.ts|\.js|\.js\.map)$/.exec(path)?.[1];
    if (source === undefined) return [];
    if (FOR_TESTS.test(path)) return [`${path} is for tests`];
    return exists(`${source}.ts`) ? [] : [`${path} has no source any more`];
  });
