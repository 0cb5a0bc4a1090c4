/**
 * The next release, as the changelog asks for it. Every change adds its line under "Unreleased", so the headings there say
 * which number grows.
 */

const UNRELEASED = '## [Unreleased]';

/** A number that stands for no release, or a changelog that asks for none. */
export class ReleaseError extends Error {
  override readonly name = 'ReleaseError';
  readonly code = 'NO_RELEASE';
}

/** What stands under "Unreleased", up to the release before. @throws ReleaseError there is no such part, or no entry in it */
export const unreleased = (changelog: string): string => {
  const [, after] = changelog.split(`${UNRELEASED}\n`);
  const entries = after?.split(/^## /m)[0]?.trim();
  if (entries === undefined) throw new ReleaseError(`The changelog has no part "${UNRELEASED}". Add it.`);
  if (!/^- /m.test(entries))
    throw new ReleaseError(`The changelog has no entry under "${UNRELEASED}". Nothing is to be released.`);
  return entries;
};

const isReleased = (changelog: string, version: string): boolean => changelog.includes(`## [${version}]`);

/**
 * The version of the next release. The version of package.json itself, where it was never released. Otherwise the next one:
 * "Removed", or an entry that begins with "**Breaking**", raises the first number ("0.": the second). "Added", "Changed" and
 * "Deprecated" raise the second, "Fixed" and "Security" the third.
 *
 * @throws ReleaseError there is nothing to release
 */
export const nextVersion = (changelog: string, version: string): string => {
  const entries = unreleased(changelog);
  if (!isReleased(changelog, version)) return version;
  const parts = /^(\d+)\.(\d+)\.(\d+)$/.exec(version);
  if (parts === null) throw new ReleaseError(`The version ${version} is not of the form 1.2.3.`);
  const [major = 0, minor = 0, patch = 0] = parts.slice(1).map(Number);
  const breaks = /^### Removed|^- \*\*Breaking\*\*/m.test(entries);
  if (breaks && major > 0) return `${major + 1}.0.0`;
  if (breaks || /^### (Added|Changed|Deprecated)/m.test(entries)) return `${major}.${minor + 1}.0`;
  return `${major}.${minor}.${patch + 1}`;
};

/** The changelog once `version` is released on `date` (2026-01-31): its entries have a heading, "Unreleased" is empty. */
export const withRelease = (changelog: string, version: string, date: string): string => {
  unreleased(changelog);
  if (isReleased(changelog, version)) throw new ReleaseError(`The version ${version} is released already.`);
  return changelog.replace(UNRELEASED, `${UNRELEASED}\n\n## [${version}] - ${date}`);
};
