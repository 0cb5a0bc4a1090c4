/**
 * What a read of a crash state depends on: the fates of operations that were not durable, and cells of the state from which
 * the life began whose crash left it.
 */
import { READ } from '../../disk/crash-model/image-reads.js';
import {
  BLOCK_SECTORS,
  blockOf,
  isData,
  type MicroOperation,
  type SectorWrite,
  sectorsOf,
} from '../../disk/crash-model/micro-operation.js';
import { CARRIED, type CellRead, type Layer, layersOf } from './cell-reads.js';
import type { CrashClass, Origin } from './crash-class.js';
import { isDurable } from './loss-tree.js';
import { unwritten, writeOf } from './sector-writes.js';

export interface Dependences {
  /** Volatile operations, by index, in whose place something else shows if they are lost. */
  readonly showing: readonly number[];
  readonly reads: readonly CellRead[];
  /** Whether any operation of the life writes what was read. */
  readonly isWritten: boolean;
}

/** Whether these wrote all bytes that were read: then what was there before makes no difference. */
const cover = (operations: readonly MicroOperation[], { at, range }: CellRead): boolean => {
  const writes: SectorWrite[] = [];
  for (const operation of operations) {
    const write = writeOf(operation, at);
    if (write !== undefined) writes.push(write);
  }
  return unwritten(writes, range).length === 0;
};

const isSize = ({ kind }: MicroOperation): boolean => kind === 'size';

// A literal with each field: where these are made, a spread takes most of the time.
const onLayer = (layer: Layer, { kind, ino, at, range, name }: CellRead): CellRead => ({
  layer,
  kind,
  ino,
  at,
  range,
  name,
});

const sizeOf = ({ layer, ino, name }: CellRead): CellRead => ({
  layer,
  kind: READ.size,
  ino,
  at: 0,
  range: 0,
  name,
});

const holeOf = ({ ino, name }: CellRead, layer: Layer, sector: number): CellRead => ({
  layer,
  kind: READ.isHole,
  ino,
  at: sector,
  range: 0,
  name,
});

const sectorsRead = ({ kind, at }: CellRead): readonly number[] =>
  kind === READ.isEmptyBlock
    ? Array.from({ length: BLOCK_SECTORS }, (_, sector) => at * BLOCK_SECTORS + sector)
    : [at];

/** The operations that write what was read. */
interface Written {
  /** Those whose fate was open, by index. */
  readonly volatile: readonly number[];
  /** What they wrote is there. */
  readonly survivors: readonly MicroOperation[];
  /** What they wrote is not there, and something else may be. */
  readonly lost: readonly MicroOperation[];
}

const writtenBy = (origin: Origin, writers: readonly MicroOperation[], read: CellRead): Written => {
  const volatile: number[] = [];
  const survivors: MicroOperation[] = [];
  const lost: MicroOperation[] = [];
  const stretch = origin.kind === 'power cut' ? origin.tree.stretch : origin.stretch;
  for (const operation of writers) {
    if (isDurable(stretch, operation)) survivors.push(operation);
    else if (origin.kind === 'process kill') {
      if (read.layer === 'seen' && operation.id <= stretch.lastId) survivors.push(operation);
    } else {
      const index = origin.tree.indexOf(operation);
      if (index === undefined) continue;
      volatile.push(index);
      (origin.isLost[index] === 0 ? survivors : lost).push(operation);
    }
  }
  return { volatile, survivors, lost };
};

/** Whether old bytes show in the place of a lost write follows from whether there was a hole before. */
const holesUnder = (
  owner: CrashClass,
  lost: readonly MicroOperation[],
  read: CellRead,
): readonly CellRead[] => {
  const { carried } = owner.stands.start;
  const holes = sectorsRead(read).flatMap((sector) =>
    lost.some((operation) => writeOf(operation, sector) !== undefined)
      ? layersOf(owner.stands.start).map((layer) => holeOf(read, layer, sector))
      : [],
  );
  const carriedOnes = lost.flatMap((operation): readonly CellRead[] => {
    const at = carried?.volatile.findIndex(({ id }) => id === operation.id) ?? -1;
    return at < 0 ? [] : [carriedPlaces(at)];
  });
  return [...holes, ...carriedOnes];
};

/** The places that an operation was given which a killed life left. */
export const carriedPlaces = (at: number): CellRead => ({
  layer: 'seen',
  kind: CARRIED,
  ino: 0,
  at,
  range: 0,
  name: '',
});

/** The places of an operation follow from where holes were when it was issued. */
const placesFollowFrom = (operation: MicroOperation | undefined): readonly CellRead[] => {
  if (operation === undefined || !isData(operation)) return [];
  const { ino } = operation;
  const read = { layer: 'seen', ino, range: 0, name: '' } as const;
  return sectorsOf(operation).flatMap(({ index }) => [
    { ...read, kind: READ.isHole, at: index },
    { ...read, kind: READ.isEmptyBlock, at: blockOf(index) },
  ]);
};

/** @param read of the state that this origin led to */
export const dependencesOf = (origin: Origin, read: CellRead): Dependences => {
  const { owner } = origin;
  if (read.kind === CARRIED) {
    const volatile = origin.kind === 'process kill' ? origin.stretch.frontier.volatile : [];
    return { showing: [], reads: placesFollowFrom(volatile[read.at]), isWritten: true };
  }
  const writers = owner.writers?.of(read) ?? [];
  const isWritten = writers.length > 0;
  const { volatile: showing, survivors, lost } = writtenBy(origin, writers, read);
  const carries = owner.stands.start.carried !== undefined;
  const below = onLayer(carries ? 'durable' : 'seen', read);
  const shows = origin.kind === 'power cut' && origin.tree.cut.fill === 'stale';
  const reads: CellRead[] = [];
  switch (read.kind) {
    case READ.random:
      break;
    case READ.entry:
    case READ.size:
    case READ.mode:
      if (survivors.length === 0) reads.push(below);
      break;
    case READ.bytes:
      if (!survivors.some(isSize)) reads.push(sizeOf(below));
      if (shows) reads.push(...holesUnder(owner, lost, read));
      if (cover(survivors, read)) break;
      reads.push(below);
      // What a write in part left of the sector is what the program saw there.
      if (carries && survivors.some(isData)) reads.push(onLayer('seen', read));
      break;
    case READ.isHole:
    case READ.isEmptyBlock:
      reads.push(sizeOf(below), below);
      if (shows) reads.push(...holesUnder(owner, [...survivors, ...lost], read));
      break;
    default:
      reads.push(below);
  }
  return { showing, reads, isWritten };
};
