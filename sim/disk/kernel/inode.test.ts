import { afterEach, describe, expect, it, vi } from 'vitest';
import { EMPTY_IMAGE } from '../crash-model/disk-image.js';
import { InodeNode } from './inode.js';
import { Kernel } from './kernel.js';
import { O_CREAT, O_WRONLY } from './open-flags.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const host = { journal: undefined, reads: undefined, now: () => 0 };

describe('InodeNode: a file of the simulated machine', () => {
  it.each([0, 1000])('is open to root, who its program is, also where user %i runs it', (user) => {
    vi.spyOn(process, 'getuid').mockReturnValue(user);
    vi.spyOn(process, 'getgid').mockReturnValue(user);
    for (const mode of [0o100700, 0o100400, 0o100000]) {
      const node = new InodeNode(host, 7, mode);
      expect([node.canRead(), node.canWrite(), node.canExecute()]).toEqual([true, true, true]);
    }
  });

  it('is written by whoever makes it, though nobody may write it from then on', () => {
    const kernel = new Kernel(EMPTY_IMAGE, host.now);
    const fd = kernel.open('/read-only', O_CREAT | O_WRONLY, 0o444);
    expect(kernel.write(fd, Buffer.from('text'), 0, 4, null)).toBe(4);
  });
});
