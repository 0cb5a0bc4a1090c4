/** Writes a site into a directory. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Site } from './check-links.js';

/** Removes `directory` first, if it is there. */
export const writeSite = (site: Site, directory: string): void => {
  rmSync(directory, { recursive: true, force: true });
  for (const [path, content] of site) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
};
