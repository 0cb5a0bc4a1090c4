import { expect, it } from 'vitest';
import { EMPTY_IMAGE } from '../disk/image.js';
import { Journal } from '../disk/journal.js';
import { Kernel } from '../disk/kernel.js';
import { diskModel } from '../disk/models.js';
import { EMPTY_HISTORY } from '../history.js';
import { crashStateOf } from './crash-states.js';
import { describeFiles } from './disk-words.js';

it('describeFiles names files with their sizes, and directories that are empty', () => {
  const kernel = new Kernel(EMPTY_IMAGE, () => 0);
  const journal = new Journal();
  kernel.attach(journal, { before: () => {}, after: () => {} });
  for (const path of ['/full', '/empty', '/full/inner']) kernel.mkdir(path, 0o777);
  const fd = kernel.open('/full/file', 0o101, 0o666);
  kernel.write(fd, Buffer.from('text'), 0, 4, null);
  const { entries } = journal;
  const crash = { at: entries.length, lost: [], fill: 'zero' } as const;
  const start = { image: EMPTY_IMAGE, history: EMPTY_HISTORY };
  const { image } = crashStateOf(start, entries, diskModel('process-kill'), crash);
  expect(describeFiles(image).sort()).toEqual([
    '/empty (an empty directory)',
    '/full/file (4 B)',
    '/full/inner (an empty directory)',
  ]);
});
