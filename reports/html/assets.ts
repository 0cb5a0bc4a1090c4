/** The scripts and styles that go into the pages: TypeScript and CSS in `browser/`, bundled when the package is built. */
import { readFileSync } from 'node:fs';
import { type AssetName, bundle } from './bundle.js';

/** The compiled package has the assets in files beside its code. Sources, run by tsx or Vitest, have them bundled here. */
const isCompiled = import.meta.url.endsWith('.js');

/** The text of a script or a style, to be inlined. */
export const asset = (name: AssetName): string =>
  isCompiled ? readFileSync(new URL(`browser/${name}`, import.meta.url), 'utf8') : bundle(name);
