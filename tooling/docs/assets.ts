/** Scripts and styles of the site, each bundled into one file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleFrom } from '../../reports/html/bundle.js';
import { ROOT } from '../sources.js';
import type { Site } from './check-links.js';

const SOURCES = fileURLToPath(new URL('browser/', import.meta.url));

const bundle = (source: string): string => bundleFrom(SOURCES, source);

/** @param code the rules for coloured code. @throws BuildFailure of esbuild where a source is not valid */
export const assets = (code: string): Site => {
  const licence = readFileSync(join(ROOT, 'node_modules', 'minisearch', 'LICENSE.txt'), 'utf8');
  return new Map([
    ['assets/site.css', bundle('site.css') + code],
    ['assets/theme.js', bundle('theme.ts')],
    ['assets/site.js', bundle('site.ts')],
    ['assets/minisearch-LICENSE.txt', licence],
  ]);
};
