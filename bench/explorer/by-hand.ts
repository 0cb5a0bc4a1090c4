/**
 * The test that a careful developer writes by hand. fast-check picks the crash point. The workload runs again from the
 * start, on memfs, up to there. Then the program is started on each possible disk, and checked. The possible disks have, of
 * the unsynced changes, all, none, each prefix, all but one, or the last write torn at each sector.
 */

import { dirname } from 'node:path/posix';
import * as fc from 'fast-check';
import { Volume } from 'memfs';
import type { Suite } from '../../sim/suite/suite.js';
import { firstLife, Notes, type Recovery, recover } from './life.js';
import { type Change, copyOf, plainFileSystem, redo, type Watch } from './plain-disk.js';

const SECTOR_BYTES = 512;

const isName = ({ kind }: Change): boolean =>
  kind === 'create' || kind === 'mkdir' || kind === 'rename' || kind === 'unlink';

/** A disk that remembers what was synced, and fails at the given change. */
class FailingDisk {
  readonly platter: Volume;
  readonly pending: Change[] = [];
  changes = 0;
  /** Resolves when the power has failed. */
  readonly failed: Promise<void>;
  private fail: () => void = () => {};

  constructor(
    readonly volume: Volume,
    private readonly failsAt: number,
  ) {
    this.platter = copyOf(volume);
    this.failed = new Promise((resolve) => {
      this.fail = resolve;
    });
  }

  readonly watch: Watch = (change, act) => {
    if (this.changes === this.failsAt) {
      this.fail();
      return new Promise(() => {}); // the program never goes on
    }
    this.changes += 1;
    const result = act();
    if (change.kind === 'sync') this.sync(change.path);
    else this.pending.push(change);
    return result;
  };

  /** A file is synced with its own name, as on most file systems; a directory with the names in it. */
  private sync(path: string): void {
    const isSynced = (change: Change): boolean =>
      change.path === path || (isName(change) && dirname(change.path) === path);
    const left = this.pending.filter((change) => !isSynced(change));
    for (const change of this.pending) if (isSynced(change)) redo(this.platter, change);
    this.pending.length = 0;
    this.pending.push(...left);
  }

  /** Every disk that the developer thinks of. */
  *left(): Generator<Volume> {
    const { pending } = this;
    for (let kept = 0; kept <= pending.length; kept++) yield this.with(pending.slice(0, kept));
    for (let lost = 0; lost < pending.length - 1; lost++)
      yield this.with(pending.filter((_, index) => index !== lost));
    const last = pending.at(-1);
    if (last?.kind !== 'write') return;
    const first = SECTOR_BYTES - (last.at % SECTOR_BYTES);
    for (let cut = first; cut < last.bytes.length; cut += SECTOR_BYTES)
      yield this.with([...pending.slice(0, -1), { ...last, bytes: last.bytes.subarray(0, cut) }]);
  }

  private with(changes: readonly Change[]): Volume {
    const volume = copyOf(this.platter);
    for (const change of changes) redo(volume, change);
    return volume;
  }
}

/** How many changes a run makes: the places where the power may fail. */
const changesOf = async (run: (disk: FailingDisk) => Promise<unknown>, start: Volume): Promise<number> => {
  const disk = new FailingDisk(copyOf(start), Number.POSITIVE_INFINITY);
  await run(disk);
  return disk.changes;
};

export interface ByHand extends Recovery {
  readonly suite: Suite;
  /** Power cuts in a row. */
  readonly depth: 1 | 2;
  /** Places at which the power fails, drawn by fast-check. */
  readonly runs: number;
  readonly seed: number;
}

/** Tests a suite by hand. Resolves to the number of states that were checked. */
export const testByHand = async ({ suite, depth, runs, seed, ...recovery }: ByHand): Promise<number> => {
  let checked = 0;
  const live = (disk: FailingDisk, notes: Notes): Promise<void> =>
    firstLife(suite, plainFileSystem(disk.volume, disk.watch), recovery.workload, notes);
  const total = await changesOf((disk) => live(disk, new Notes()), new Volume());

  /** The possible disks after a power cut in the first life. */
  const crashed = async (at: number): Promise<{ disks: readonly Volume[]; notes: Notes }> => {
    const disk = new FailingDisk(new Volume(), at);
    const notes = new Notes();
    await Promise.race([live(disk, notes), disk.failed]);
    notes.crashes = 1;
    return { disks: [...disk.left()], notes: notes.copy() };
  };
  const recoverOn = async (volume: Volume, notes: Notes): Promise<void> => {
    checked += 1;
    await recover(suite, plainFileSystem(volume), notes.copy(), recovery);
  };
  /** The power fails once more, while the program recovers. */
  const crashedAgain = async (
    before: { readonly disk: Volume; readonly notes: Notes },
    at: number,
  ): Promise<{ disks: readonly Volume[]; notes: Notes }> => {
    const disk = new FailingDisk(copyOf(before.disk), at);
    const notes = before.notes.copy();
    await Promise.race([
      recover(suite, plainFileSystem(disk.volume, disk.watch), notes, recovery),
      disk.failed,
    ]);
    notes.crashes = 2;
    return { disks: [...disk.left()], notes: notes.copy() };
  };

  // Without fast-check's liking for small numbers: every place as often as any other.
  const place = fc.noBias(fc.nat(total));
  const any = fc.noBias(fc.nat());
  const once = fc.asyncProperty(place, async (at) => {
    const { disks, notes } = await crashed(at);
    for (const disk of disks) await recoverOn(disk, notes);
  });
  const twice = fc.asyncProperty(place, any, any, async (at, which, again) => {
    const { disks, notes } = await crashed(at);
    const disk = disks[which % disks.length];
    if (disk === undefined) return;
    const recovering = (other: FailingDisk): Promise<unknown> =>
      recover(suite, plainFileSystem(other.volume, other.watch), notes.copy(), recovery);
    const changes = await changesOf(recovering, disk);
    const second = await crashedAgain({ disk, notes }, again % (changes + 1));
    for (const left of second.disks) await recoverOn(left, second.notes);
  });
  const parameters = { numRuns: runs, seed, endOnFailure: true };
  await (depth === 1 ? fc.assert(once, parameters) : fc.assert(twice, parameters));
  return checked;
};
