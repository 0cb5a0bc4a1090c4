/**
 * What those see who watch a disk: each change as Linux tells it (inotify(7)), and as Node passes it on. Only the program
 * itself changes its disk, so all that there is to see follows from its calls.
 */

import type { Link } from '@jsonjoy.com/fs-core';
import type { Operation } from '../../suite/operations.js';
import type { JournalEntry } from '../crash-model/journal.js';
import type { EntriesChange, EntryChange } from '../crash-model/micro-operation.js';
import { inodeOf } from './inode-table.js';
import type { EffectiveCall, ObservedCalls } from './observed-calls.js';
import { O_TRUNC } from './open-flags.js';

/** Linux's word, as inotify(7) has it. */
export type Kind =
  | 'IN_ATTRIB'
  | 'IN_CREATE'
  | 'IN_DELETE'
  | 'IN_DELETE_SELF'
  | 'IN_IGNORED'
  | 'IN_MODIFY'
  | 'IN_MOVED_FROM'
  | 'IN_MOVED_TO'
  | 'IN_MOVE_SELF';

/** Node's word for it. */
export const eventOf = (kind: Kind): 'rename' | 'change' =>
  kind === 'IN_ATTRIB' || kind === 'IN_MODIFY' ? 'change' : 'rename';

export interface Change {
  readonly kind: Kind;
  /** The inode that it is about; undefined: only of a name. */
  readonly ino: number | undefined;
  /** Where its name is; undefined: told only to those who watch the inode itself. */
  readonly at: { readonly directory: number; readonly name: string } | undefined;
}

/** Calls that change what `stat` tells, and name the file they change. */
const ATTRIBUTES = new Set<Operation>([
  'fchmod',
  'fchown',
  'futime',
  'chmod',
  'chown',
  'utime',
  'lchown',
  'lutime',
]);
const KEEPS_LINKS = new Set<Operation>(['lchown', 'lutime']);

const ofNames = ({ changes }: EntriesChange, operation: Operation): readonly Change[] => {
  const name = (kind: Kind, { directory, name: text }: EntryChange): Change => ({
    kind,
    ino: undefined,
    at: { directory, name: text },
  });
  const itself = (kind: Kind, { ino }: EntryChange): Change => ({ kind, ino, at: undefined });
  const [first, second] = changes;
  if (first === undefined) return [];
  if (second !== undefined)
    return [name('IN_MOVED_FROM', first), name('IN_MOVED_TO', second), itself('IN_MOVE_SELF', second)];
  if (first.ino === undefined) return [name('IN_DELETE', first)];
  const created = name('IN_CREATE', first);
  // A further name changes how many names the file has.
  return operation === 'link' ? [itself('IN_ATTRIB', first), created] : [created];
};

const ofLink = (kind: Kind, link: Link): Change => {
  const { parent } = link;
  const name = link.getName();
  const isThere = parent !== undefined && parent !== link && parent.children.get(name) === link;
  const at = isThere ? { directory: parent.getNode().ino, name } : undefined;
  return { kind, ino: link.getNode().ino, at };
};

const isNames = (entry: JournalEntry): entry is EntriesChange => entry.kind === 'entries';

/** @param find what a path leads to now; undefined: nothing */
const changesOf = (
  { operation, path, offset, file, entries, result }: EffectiveCall,
  find: (path: string, last: 'follow' | 'keep') => Link | undefined,
): readonly Change[] => {
  const names = entries.filter(isNames).flatMap((entry) => ofNames(entry, operation));
  if (names.length > 0) return names;
  if (operation === 'write')
    return file !== undefined && Number(result) > 0 ? [ofLink('IN_MODIFY', file.link)] : [];
  const truncates = operation === 'ftruncate' || (operation === 'open' && (offset & O_TRUNC) !== 0);
  if (!truncates && !ATTRIBUTES.has(operation)) return [];
  const link = find(path, KEEPS_LINKS.has(operation) ? 'keep' : 'follow');
  return link === undefined ? [] : [ofLink(truncates ? 'IN_MODIFY' : 'IN_ATTRIB', link)];
};

/** What somebody watches, and what is to be done about it. */
export interface Watch {
  readonly link: Link;
  /** Also of what is below the directories in it. */
  readonly recursive: boolean;
  /** @param name undefined: it is about what is watched itself */
  tell(kind: Kind, name: string | undefined): void;
}

/** Everybody who watches the disk of one life. */
export class Watches {
  private readonly watches = new Map<Watch, number>();
  private readonly others = new Set<(changes: readonly Change[]) => void>();

  constructor(private readonly calls: ObservedCalls) {}

  add(watch: Watch): void {
    // Who is notified of a change depends on names that the program never looked up.
    inodeOf(watch.link.getNode()).readAll();
    this.watches.set(watch, watch.link.getNode().nlink);
    this.listen();
  }

  remove(watch: Watch): void {
    this.watches.delete(watch);
    this.listen();
  }

  /** Calls `told` with every change; returns a function that stops it. */
  follow(told: (changes: readonly Change[]) => void): () => void {
    this.others.add(told);
    this.listen();
    return () => {
      this.others.delete(told);
      this.listen();
    };
  }

  /** Who is not watched has nothing to do. */
  private listen(): void {
    const isWatched = this.watches.size > 0 || this.others.size > 0;
    this.calls.whenEffective = isWatched ? (call) => this.hear(call) : undefined;
  }

  private hear(call: EffectiveCall): void {
    const changes = changesOf(call, (path, last) => {
      try {
        return this.calls.linkAt(path, call.operation, last);
      } catch {
        return undefined; // the call has failed, too, or the file has no name any more
      }
    });
    // A file that is deleted while it is open is gone when the last descriptor is closed.
    if (changes.length === 0 && call.operation !== 'close') return;
    // When a name goes, watchers of the file hear of it before those of the directory; after a rename, the other way round.
    const isRename = call.operation === 'rename';
    if (!isRename) this.noteGone();
    for (const change of changes) for (const watch of [...this.watches.keys()]) this.pass(change, watch);
    if (isRename) this.noteGone();
    if (changes.length > 0) for (const told of [...this.others]) told(changes);
  }

  private pass({ kind, ino, at }: Change, { link, recursive, tell }: Watch): void {
    const watched = link.getNode();
    if (at !== undefined && watched.isDirectory()) {
      const name = at.directory === watched.ino ? at.name : recursive ? this.below(link, at) : undefined;
      if (name !== undefined) tell(kind, name);
    }
    if (ino === watched.ino) tell(kind, undefined);
  }

  /** The path of a name from a directory, where the name is somewhere below it. */
  private below(
    link: Link,
    { directory, name }: { readonly directory: number; readonly name: string },
  ): string | undefined {
    for (const [child, below] of link.children) {
      if (child === '.' || child === '..' || below?.getNode().isDirectory() !== true) continue;
      const found = below.getNode().ino === directory ? name : this.below(below, { directory, name });
      if (found !== undefined) return `${child}/${found}`;
    }
    return undefined;
  }

  /** A name of what is watched is gone, or all of it is: then nothing more is ever told of it. */
  private noteGone(): void {
    for (const [watch, names] of [...this.watches]) {
      const node = inodeOf(watch.link.getNode());
      if (!node.isDirectory() && node.nlink < names) watch.tell('IN_ATTRIB', undefined);
      this.watches.set(watch, node.nlink);
      if (node.nlink > 0 || node.openCount > 0) continue;
      watch.tell('IN_DELETE_SELF', undefined);
      watch.tell('IN_IGNORED', undefined);
      this.watches.delete(watch);
    }
  }
}
