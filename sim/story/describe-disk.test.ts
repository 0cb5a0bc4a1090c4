import { expect, it } from 'vitest';
import { crashStateOf } from '../disk/crash-model/crash-states.js';
import { EMPTY_IMAGE } from '../disk/crash-model/disk-image.js';
import { diskModel } from '../disk/crash-model/disk-models.js';
import { Journal } from '../disk/crash-model/journal.js';
import { Kernel } from '../disk/kernel/kernel.js';
import { EMPTY_HISTORY } from '../suite/history.js';
import { describeFiles } from './describe-disk.js';

it('describeFiles names files with their sizes, and directories that are empty', () => {
  const kernel = new Kernel(EMPTY_IMAGE, () => 0);
  const journal = new Journal();
  kernel.attach(journal);
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
