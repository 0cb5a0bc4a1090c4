/**
 * Native addons: code of this process that goes to the real machine by itself, on threads of its own. Nothing of it is seen
 * in a life, and nobody waits for what it calls back, so a program that awaits it stands still for good.
 */

const PACKAGE = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\/.*\.node$/;

const sharedObjects = (): readonly unknown[] => {
  const report: { readonly sharedObjects?: unknown } = process.report?.getReport() ?? {};
  return Array.isArray(report.sharedObjects) ? report.sharedObjects : [];
};

/** The packages whose addons this process has loaded. Costs some 10 ms: for errors. Empty on runtimes that do not tell. */
export const packagesWithAddons = (): readonly string[] => {
  const packages = sharedObjects().flatMap(
    (file) => PACKAGE.exec(String(file).replaceAll('\\', '/'))?.[1] ?? [],
  );
  return [...new Set(packages)].sort();
};
