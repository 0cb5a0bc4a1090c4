import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitOf } from './commit.js';

const SHA = '0123456789abcdef0123456789abcdef01234567';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'powercut-commit-'));
});
afterEach(() => rm(directory, { recursive: true }));

const write = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), text);
};

const commit = (below = '.'): Promise<string | undefined> => commitOf(join(directory, below), {});

describe('commitOf', () => {
  it.each(['GITHUB_SHA', 'CI_COMMIT_SHA'])('takes the commit from %s', async (name) => {
    await write('.git/HEAD', `${'f'.repeat(40)}\n`);
    expect(await commitOf(directory, { [name]: SHA })).toBe(SHA);
    expect(await commitOf(directory, { [name]: '$(id)' })).toBe('f'.repeat(40));
  });

  it('takes a detached head', async () => {
    await write('.git/HEAD', `${SHA}\n`);
    expect(await commit()).toBe(SHA);
  });

  it('follows a branch, also where branches are packed, and from a folder below', async () => {
    await write('.git/HEAD', 'ref: refs/heads/some/branch\n');
    await write('.git/packed-refs', `# pack-refs\n${SHA} refs/heads/some/branch\n`);
    await mkdir(join(directory, 'a', 'b'), { recursive: true });
    expect(await commit('a/b')).toBe(SHA);
    await write('.git/refs/heads/some/branch', `${'e'.repeat(40)}\n`);
    expect(await commit()).toBe('e'.repeat(40));
  });

  it('follows a worktree to where its branches are', async () => {
    await write('main/.git/refs/heads/topic', `${SHA}\n`);
    await write('main/.git/worktrees/topic/HEAD', 'ref: refs/heads/topic\n');
    await write('main/.git/worktrees/topic/commondir', '../..\n');
    await write('topic/.git', `gitdir: ${join(directory, 'main/.git/worktrees/topic')}\n`);
    expect(await commit('topic')).toBe(SHA);
  });

  it.each([
    ['no HEAD', undefined],
    ['a branch without a commit', 'ref: refs/heads/new\n'],
    ['a way out of the repository', 'ref: refs/../../secret\n'],
    ['garbage', '\u0000\u001b[2J'],
  ])('finds none in a repository with %s', async (_, head) => {
    await write('secret', `${SHA}\n`);
    await mkdir(join(directory, '.git'), { recursive: true });
    if (head !== undefined) await write('.git/HEAD', head);
    expect(await commit()).toBeUndefined();
  });

  it('does not wait for a device', async () => {
    await mkdir(join(directory, '.git'));
    await symlink('/dev/zero', join(directory, '.git', 'HEAD'));
    expect(await commit()).toBeUndefined();
  });
});
