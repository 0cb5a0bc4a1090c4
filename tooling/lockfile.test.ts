/**
 * `npm ci` works from package-lock.json alone: on any platform, compiling nothing, from whichever registry is
 * configured. npm drops from it the builds for other platforms when the registry at hand has none of them, and then
 * refuses to install from what it wrote.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './sources.js';

interface Entry {
  readonly version?: string;
  readonly hasInstallScript?: boolean;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const text = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
const { packages } = JSON.parse(text) as { readonly packages: Readonly<Record<string, Entry>> }; // lock file version 3
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Entry; // npm's own format

/** Where npm puts what the package at `path` asks for: into it, or at the top. */
const placesOf = (path: string, name: string): readonly string[] => [
  `${path}/node_modules/${name}`,
  `node_modules/${name}`,
];

describe('package-lock.json', () => {
  it('holds every build that a package chooses from', () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !placesOf(path, name).some((place) => place in packages),
      ),
    );
    expect(missing).toEqual([]);
  });

  it('says what package.json says', () => {
    const root = packages[''];
    expect(root?.dependencies).toEqual(manifest.dependencies);
    expect(root?.devDependencies).toEqual(manifest.devDependencies);
  });

  it('names no registry', () => {
    expect(text).not.toContain('"resolved"');
  });

  it('holds the integrity of every package, whichever platform it is for', () => {
    const unknown = Object.entries(packages).filter(
      ([path, { integrity = '' }]) => path !== '' && !/^sha512-[\w+/]{86}==$/.test(integrity),
    );
    expect(unknown.map(([path]) => path)).toEqual([]);
  });

  it('installs nothing that has to be compiled', () => {
    const scripted = Object.keys(packages).filter((path) => packages[path]?.hasInstallScript === true);
    // esbuild's script only checks the binary that is there; fsevents is for another system, and prebuilt.
    expect(scripted.filter((path) => !/\/(esbuild|fsevents)$/.test(path))).toEqual([]);
  });
});
