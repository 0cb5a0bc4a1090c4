import { describe, expect, it } from 'vitest';
import { nextVersion, unreleased, withRelease } from './changelog.js';

const changelog = (entries: string, released = '## [0.1.0] - 2026-01-31\n\n### Added\n\n- The first.\n') =>
  `# Changelog\n\n## [Unreleased]\n\n${entries}\n\n${released}`;
const FIXED = '### Fixed\n\n- One.';
const ADDED = '### Added\n\n- One.';

describe('nextVersion', () => {
  it.each([
    ['a fix', FIXED, '0.1.0', '0.1.1'],
    ['a fix of security', '### Security\n\n- One.', '0.1.0', '0.1.1'],
    ['an addition', `${FIXED}\n\n${ADDED}`, '0.1.0', '0.2.0'],
    ['a removal before 1.0', '### Removed\n\n- One.', '0.1.0', '0.2.0'],
    ['a break before 1.0', '### Fixed\n\n- **Breaking** One.', '0.1.0', '0.2.0'],
  ])('for %s', (_, entries, version, expected) => {
    expect(nextVersion(changelog(entries), version)).toBe(expected);
  });

  it.each([
    ['a removal', '### Removed\n\n- One.', '3.0.0'],
    ['an addition', ADDED, '2.6.0'],
    ['a fix', FIXED, '2.5.8'],
  ])('after 1.0 for %s', (_, entries, expected) => {
    expect(nextVersion(changelog(entries, '## [2.5.7] - 2026-01-31\n'), '2.5.7')).toBe(expected);
  });

  it('is the version of package.json if it was never released', () => {
    expect(nextVersion(changelog(ADDED, ''), '0.1.0')).toBe('0.1.0');
  });

  it.each([
    ['without entries', changelog('### Added')],
    ['whose entries are all released', changelog('')],
    ['without the part', '# Changelog\n\n## [0.1.0]\n\n- One.\n'],
  ])('refuses a changelog %s', (_, text) => {
    expect(() => nextVersion(text, '0.1.0')).toThrow(expect.objectContaining({ code: 'NO_RELEASE' }));
  });
});

describe('withRelease', () => {
  it('puts a heading over the entries and leaves "Unreleased" empty', () => {
    const after = withRelease(changelog(FIXED), '0.1.1', '2026-02-28');
    expect(after).toContain(
      '## [Unreleased]\n\n## [0.1.1] - 2026-02-28\n\n### Fixed\n\n- One.\n\n## [0.1.0]',
    );
    expect(() => unreleased(after)).toThrow(expect.objectContaining({ code: 'NO_RELEASE' }));
  });

  it('refuses a version that is released', () => {
    expect(() => withRelease(changelog(FIXED), '0.1.0', '2026-02-28')).toThrow(/released already/);
  });
});
