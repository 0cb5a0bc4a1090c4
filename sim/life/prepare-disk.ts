/** The disk that the first life of a suite starts on: made once, by `prepare`, before the power can fail. */
import { type DiskImage, EMPTY_IMAGE, type Inode, ROOT_INO } from '../disk/crash-model/disk-image.js';
import { diskModel } from '../disk/crash-model/disk-models.js';
import { Frontier } from '../disk/crash-model/durability.js';
import { localeOf } from '../guard/patches/locale.js';
import { absoluteReads } from '../guard/program/program-paths.js';
import { PROCESS_ENDED } from '../process/process-end.js';
import { eager } from '../scheduler/scheduler.js';
import { EMPTY_HISTORY } from '../suite/history.js';
import { limitsOf } from '../suite/limits.js';
import type { Suite } from '../suite/suite.js';
import { suiteError } from '../suite/suite-registry.js';
import { thrownText } from '../util/errors.js';
import { withSite } from './boot-failed.js';
import { type Driven, OVER, until } from './drive.js';
import { World } from './world.js';

/** Before any life, so that random numbers and times of the preparation are not those of the first life. */
const HISTORY_BEFORE = { ...EMPTY_HISTORY, crashes: -1 };
const EARLIER_MS = 86_400_000;

/** By `prepare`, then by what else of a suite shows in the disk: copies of a suite share it. */
const prepared = new WeakMap<object, Map<string, DiskImage>>();

const preparationWorld = (suite: Suite): World =>
  new World({
    image: EMPTY_IMAGE,
    history: HISTORY_BEFORE,
    scheduling: eager(),
    skewMs: -EARLIER_MS,
    limits: limitsOf(suite),
    locale: localeOf(suite.locale),
    reads: absoluteReads(suite.reads ?? []),
  });

/**
 * The same disk, its files numbered in the order of their paths: equal disks are then equal in all that a life can record, however
 * they were made. Files without a name are left out.
 */
const renumbered = ({ inodes }: DiskImage): DiskImage => {
  const numbers = new Map([[ROOT_INO, ROOT_INO]]);
  const copies = new Map<number, Inode>();
  const visit = (ino: number): void => {
    const inode = inodes.get(ino);
    const number = numbers.get(ino);
    if (inode === undefined || number === undefined) return;
    if (inode.kind !== 'directory') {
      copies.set(number, inode);
      return;
    }
    const entries = [...inode.entries].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [, child] of entries) if (!numbers.has(child)) numbers.set(child, ROOT_INO + numbers.size);
    const own = entries.map(([name, child]): readonly [string, number] => [
      name,
      numbers.get(child) ?? child,
    ]);
    copies.set(number, { ...inode, entries: new Map(own) });
    for (const [, child] of entries) visit(child);
  };
  visit(ROOT_INO);
  return { inodes: copies, nextIno: ROOT_INO + numbers.size };
};

/** Why a preparation counts as failed; undefined where it does not. */
function* troubleOf(world: World, prepare: NonNullable<Suite['prepare']>): Driven<string | undefined> {
  try {
    const done = yield* until(world, () => prepare(world.environment));
    if (done.status === 'stuck') return `it does not end: ${done.why}`;
    if (done.status === 'rejected') return thrownText(done.error);
  } catch (thrown) {
    if (thrown !== PROCESS_ENDED || world.ended === undefined) throw thrown;
    return `its process ${withSite(world.ended.text, world.ended)}`;
  }
  return world.mistake?.what ?? world.failures[0] ?? world.doubts[0]?.message;
}

/**
 * Runs `prepare` of a suite once for all its lives. All that it wrote is durable, and its process is gone.
 * @throws SimulatorError 'SUITE_PREPARE_FAILED' where it fails or does not end, or reaches past the simulation
 */
export function* prepareDisk(suite: Suite): Driven<DiskImage> {
  const { prepare } = suite;
  if (prepare === undefined) return EMPTY_IMAGE;
  const images = prepared.get(prepare) ?? new Map<string, DiskImage>();
  prepared.set(prepare, images);
  const setting = JSON.stringify([limitsOf(suite), localeOf(suite.locale), absoluteReads(suite.reads ?? [])]);
  const known = images.get(setting);
  if (known !== undefined) return known;
  const world = preparationWorld(suite);
  const why = yield* troubleOf(world, prepare);
  yield OVER;
  if (why !== undefined)
    throw suiteError(suite, 'SUITE_PREPARE_FAILED', `can't prepare its disk: ${why.replace(/\.$/, '')}`);
  const frontier = new Frontier({ image: EMPTY_IMAGE, history: EMPTY_HISTORY }, diskModel('process-kill'));
  const { entries } = world.journal;
  for (const entry of entries) frontier.pass(entry);
  const state = frontier.state(entries.length, { lost: [], fill: 'zero' });
  if (state === undefined) throw new Error('Where nothing is lost there is an image.');
  const image = renumbered(state.image);
  images.set(setting, image);
  return image;
}
