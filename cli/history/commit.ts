/** The commit that a directory is at: from CI's variables, or from git's own files. No git is started. */
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isCommit } from '../../reports/history/history-files.js';
import { plainText } from '../files/plain-files.js';
import type { Variables } from '../output/terminal.js';

/** GitHub and GitLab set one of these. */
const VARIABLES = ['GITHUB_SHA', 'CI_COMMIT_SHA'] as const;
/** Of a file of git's. Packed references of a large project have some MB; beyond that, nothing is said. */
const BYTES_MAX = 16 * 1024 * 1024;
const REFERENCE = /^ref: (refs\/[\w./@+-]+)$/;

/** The text of a plain file without the line break at its end; undefined where it can't be read, and so where there is no repository. */
const textOf = async (path: string): Promise<string | undefined> =>
  (await plainText(path, { bytesMax: BYTES_MAX, followsLinks: true }).catch(() => undefined))?.trimEnd();

/** The directory of git of the checkout that `directory` is in. A worktree has a file there, which names it. */
const gitDirectoryOf = async (directory: string): Promise<string | undefined> => {
  const path = join(directory, '.git');
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isDirectory() === true) return path;
  if (stats?.isFile() === true) {
    const [, named] = /^gitdir: (.+)$/.exec((await textOf(path)) ?? '') ?? [];
    return named === undefined ? undefined : resolve(directory, named);
  }
  const parent = dirname(directory);
  return parent === directory ? undefined : gitDirectoryOf(parent);
};

const packed = async (directory: string, reference: string): Promise<string | undefined> => {
  const lines = ((await textOf(join(directory, 'packed-refs'))) ?? '').split('\n');
  return lines.find((line) => line.endsWith(` ${reference}`))?.split(' ', 1)[0];
};

const headOf = async (directory: string): Promise<string | undefined> => {
  const head = await textOf(join(directory, 'HEAD'));
  const [, reference] = REFERENCE.exec(head ?? '') ?? [];
  if (reference === undefined) return head;
  if (reference.includes('..')) return undefined;
  const shared = await textOf(join(directory, 'commondir'));
  // Branches are kept where all worktrees find them.
  const common = shared === undefined ? directory : resolve(directory, shared);
  return (await textOf(join(common, reference))) ?? (await packed(common, reference));
};

/** The commit of `directory`; undefined where there is none to be found. Never rejects. */
export const commitOf = async (directory: string, variables: Variables): Promise<string | undefined> => {
  const ofCi = VARIABLES.flatMap((name) => variables[name] ?? []).find(isCommit);
  if (ofCi !== undefined) return ofCi;
  const git = await gitDirectoryOf(resolve(directory));
  const head = git === undefined ? undefined : await headOf(git);
  return head !== undefined && isCommit(head) ? head : undefined;
};
