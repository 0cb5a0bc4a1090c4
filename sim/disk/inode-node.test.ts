import { afterEach, describe, expect, it, vi } from 'vitest';
import { InodeNode } from './inode-node.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const host = { journal: undefined, now: () => 0 };

describe('a file of the simulated machine', () => {
  it.each([0, 1000])('is open to its program as its mode says, also where user %i runs it', (user) => {
    vi.spyOn(process, 'getuid').mockReturnValue(user);
    vi.spyOn(process, 'getgid').mockReturnValue(user);
    const may = (mode: number): readonly boolean[] => {
      const node = new InodeNode(host, 7, mode);
      return [node.canRead(), node.canWrite(), node.canExecute()];
    };
    expect(may(0o100700)).toEqual([true, true, true]);
    expect(may(0o100400)).toEqual([true, false, false]);
    expect(may(0o100000)).toEqual([false, false, false]);
  });
});
