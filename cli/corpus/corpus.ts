/**
 * The corpus: what earlier runs found, in small files under the directory that `powercut run` is called in.
 *
 * A file holds one failure, a token and the invariant it broke, and is named by a hash of that: a name says nothing of
 * anybody's suite, and a file that is torn or was edited does not fit its name. Files come in whole, by renaming. There
 * are never many of them: the oldest make room. Whatever else lies there is not read, not followed and not removed.
 */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../sim/explore/campaign/replay-regressions.js';
import { decodeToken } from '../../sim/replay/token.js';
import type { Suite } from '../../sim/suite/suite.js';
import { hashText } from '../../sim/util/hash.js';
import { firstNames, isThere, obstacleOn, plainText, removeFile } from '../files/plain-files.js';
import { prepareOutputs } from '../output/atomic-outputs.js';
import { messageOf } from '../usage-error.js';

export const CORPUS_DIRECTORY = '.powercut/corpus';

export const FAILURES_MAX = 128;
export const BYTES_MAX = 4 * 1024 * 1024;
/** A token has at most 256 Ki characters. */
const FILE_BYTES_MAX = 260 * 1024;

const NAME = /^[0-9a-f]{16}\.token$/;
/** With what a run that was killed left half-written. */
const OWN_NAME = /^[0-9a-f]{16}\.token(\.\d+\.tmp)?$/;

export interface Entry extends Failure {
  /** Of the file, in the corpus. */
  readonly name: string;
  readonly suite: string;
  readonly disk: string;
}

/** What is wrong with a corpus: worth a line, and never a reason not to explore. */
export interface CorpusWarning {
  readonly code: 'CORPUS_NOT_A_DIRECTORY' | 'CORPUS_UNREADABLE' | 'CORPUS_FOREIGN' | 'CORPUS_UNWRITABLE';
  readonly message: string;
}

export interface CorpusRead {
  /** By name. */
  readonly entries: readonly Entry[];
  readonly warning?: CorpusWarning;
}

const contentsOf = ({ token, invariant }: Failure): string => `${token}\n${invariant}\n`;

export const nameOf = (failure: Failure): string => `${hashText(contentsOf(failure))}.token`;

/** @returns the warning, if a part of the path is anything but a directory: a link would lead out of the project. */
const pathWarning = async (directory: string): Promise<CorpusWarning | 'absent' | undefined> => {
  const parts = CORPUS_DIRECTORY.split('/');
  const obstacle = await obstacleOn(parts.map((_, index) => join(directory, ...parts.slice(0, index + 1))));
  switch (obstacle?.kind) {
    case 'absent':
      return 'absent';
    case 'unreadable':
      return unreadable(obstacle.thrown);
    case 'not a directory':
      return {
        code: 'CORPUS_NOT_A_DIRECTORY',
        message: `'${obstacle.path}' is not a directory, so failures are not saved.`,
      };
    default:
      return undefined;
  }
};

const unreadable = (thrown: unknown): CorpusWarning => ({
  code: 'CORPUS_UNREADABLE',
  message: `Saved failures can't be read from ${CORPUS_DIRECTORY}: ${messageOf(thrown)}.`,
});

const entryOf = (name: string, text: string | undefined): Entry | undefined => {
  const [, token, invariant] = /^([^\n]+)\n(.+)\n$/s.exec(text ?? '') ?? [];
  if (token === undefined || invariant === undefined || nameOf({ token, invariant }) !== name)
    return undefined;
  try {
    const { suite, disk } = decodeToken(token);
    return { name, token, invariant, suite, disk };
  } catch {
    return undefined; // of another version, or forged: told as foreign
  }
};

const foreign = (names: readonly string[]): CorpusWarning => ({
  code: 'CORPUS_FOREIGN',
  message: `Ignored in ${CORPUS_DIRECTORY}, as this version saved no such failures: ${firstNames(names)}.`,
});

/** Failures are kept of suites that should be safe, under one disk model: of the others, failing is what is expected. */
export const isKeptOf = (
  { suite, disk }: Pick<Entry, 'suite' | 'disk'>,
  of: Pick<Suite, 'name' | 'expected' | 'disk'>,
  diskOption: string | undefined,
): boolean => suite === of.name && of.expected !== 'unsafe' && disk === (diskOption ?? of.disk ?? 'posix');

/** The failures kept in a directory. Never rejects: where they can't be read, the warning says why. */
export const readCorpus = async (directory: string): Promise<CorpusRead> => {
  const wrong = await pathWarning(directory);
  if (wrong !== undefined) return { entries: [], ...(wrong === 'absent' ? {} : { warning: wrong }) };
  const path = join(directory, CORPUS_DIRECTORY);
  try {
    const names = (await readdir(path)).filter((name) => NAME.test(name)).sort();
    const entries: Entry[] = [];
    const others: string[] = names.slice(FAILURES_MAX);
    for (const name of names.slice(0, FAILURES_MAX)) {
      const entry = entryOf(name, await plainText(join(path, name), { bytesMax: FILE_BYTES_MAX }));
      if (entry === undefined) others.push(name);
      else entries.push(entry);
    }
    return { entries, ...(others.length === 0 ? {} : { warning: foreign(others) }) };
  } catch (thrown) {
    return { entries: [], warning: unreadable(thrown) };
  }
};

/** Removes the oldest files until what is left is within the bounds. */
const makeRoom = async (path: string): Promise<void> => {
  const files: { readonly name: string; readonly bytes: number; readonly writtenMs: number }[] = [];
  for (const name of (await readdir(path)).filter((one) => OWN_NAME.test(one))) {
    const stats = await lstat(join(path, name));
    if (stats.isFile()) files.push({ name, bytes: stats.size, writtenMs: stats.mtimeMs });
  }
  files.sort((a, b) => b.writtenMs - a.writtenMs || (a.name < b.name ? -1 : 1));
  let [count, bytes] = [0, 0];
  for (const file of files) {
    count += 1;
    bytes += file.bytes;
    if (count > FAILURES_MAX || bytes > BYTES_MAX) await removeFile(join(path, file.name));
  }
};

export interface CorpusChange {
  readonly keep: readonly Failure[];
  readonly drop: readonly Entry[];
}

export interface CorpusChanged {
  /** How many failures were not there before. */
  readonly kept: number;
  readonly dropped: number;
  readonly warning?: CorpusWarning;
}

/** The failures that the corpus does not hold yet, as files by their path. An existing file of that name stays as it is. */
const missing = async (path: string, keep: readonly Failure[]): Promise<ReadonlyMap<string, string>> => {
  const files = new Map<string, string>();
  for (const failure of keep) {
    const contents = contentsOf(failure);
    const target = join(path, nameOf(failure));
    if (!(await isThere(target)) && Buffer.byteLength(contents) <= FILE_BYTES_MAX)
      files.set(target, contents);
  }
  return files;
};

/** Keeps some failures and drops others. Never rejects: where it can't be done, the warning says why. */
export const changeCorpus = async (
  directory: string,
  { keep, drop }: CorpusChange,
): Promise<CorpusChanged> => {
  const wrong = await pathWarning(directory);
  if (wrong !== undefined && wrong !== 'absent') return { kept: 0, dropped: 0, warning: wrong };
  const path = join(directory, CORPUS_DIRECTORY);
  let [kept, dropped] = [0, 0];
  try {
    const files = await missing(path, keep);
    if (files.size > 0) {
      await (await prepareOutputs([...files.keys()])).write(files);
      kept = files.size;
      await makeRoom(path);
    }
    for (const { name } of drop) {
      await removeFile(join(path, name));
      dropped += 1;
    }
    return { kept, dropped };
  } catch (thrown) {
    const message = `The saved failures in ${CORPUS_DIRECTORY} are unchanged: ${messageOf(thrown)}`;
    return { kept, dropped, warning: { code: 'CORPUS_UNWRITABLE', message } };
  }
};
