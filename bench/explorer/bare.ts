/**
 * The bare cost of a crash state: the same lives as the explorer's, on the same disks and with the same knowledge, but
 * with no simulator. The disks are plain memfs volumes, made beforehand.
 */
import { Buffer } from 'node:buffer';
import { Volume } from 'memfs';
import { type DiskImage, fileBytes, ROOT_INO } from '../../sim/disk/crash-model/disk-image.js';
import type { ExhaustiveOptions } from '../../sim/explore/exhaustive/exhausted.js';
import { explore } from '../../sim/explore/exhaustive/exhaustive.js';
import { drive } from '../../sim/life/drive.js';
import type { HistoryState } from '../../sim/suite/history.js';
import type { Json, Suite } from '../../sim/suite/suite.js';
import { Notes, type Recovery, recover } from './life.js';
import { plainFileSystem } from './plain-disk.js';

export interface ReadyState {
  readonly volume: () => Volume;
  readonly notes: Notes;
}

const volumeOf = (image: DiskImage): Volume => {
  const volume = new Volume();
  const fill = (ino: number, path: string): void => {
    const inode = image.inodes.get(ino);
    if (inode?.kind !== 'directory') return;
    for (const [name, child] of inode.entries) {
      const to = `${path}/${name}`;
      const content = image.inodes.get(child);
      if (content?.kind === 'directory') {
        volume.mkdirSync(to);
        fill(child, to);
      } else if (content?.kind === 'file') volume.writeFileSync(to, Buffer.from(fileBytes(content)));
    }
  };
  fill(ROOT_INO, '');
  return volume;
};

const notesOf = (history: HistoryState): Notes => {
  const notes = new Notes();
  notes.commands = [...history.commands];
  notes.effects = [...history.effects];
  notes.effectCounts = [...history.effectCounts];
  notes.observed = history.observed;
  notes.crashes = history.crashes;
  return notes;
};

/** The states that an exploration checks. */
export const readyStates = async (
  suite: Suite,
  workload: readonly Json[],
  options: ExhaustiveOptions,
): Promise<readonly ReadyState[]> => {
  const states: ReadyState[] = [];
  await drive(
    explore(suite, workload, {
      ...options,
      onLife: ({ start: { image, history } }, crashes) => {
        if (crashes.length > 0) states.push({ volume: () => volumeOf(image), notes: notesOf(history) });
      },
    }),
  );
  return states;
};

/** Lives each once. The volumes are used up. */
export const liveOn = async (
  suite: Suite,
  states: readonly { readonly volume: Volume; readonly notes: Notes }[],
  recovery: Recovery,
): Promise<void> => {
  for (const { volume, notes } of states) await recover(suite, plainFileSystem(volume), notes, recovery);
};
