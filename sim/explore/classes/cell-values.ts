/**
 * The values that a read finds, by the number of versions of a cell that survive. Losses between which no read can tell need
 * no images of their own: a retry that writes the same bytes once more makes none.
 */
import { bytesOfRange, READ } from '../../disk/crash-model/image-reads.js';
import {
  BLOCK_SECTORS,
  blockOf,
  type MicroOperation,
  type SectorWrite,
} from '../../disk/crash-model/micro-operation.js';
import { SECTOR_BYTES } from '../../disk/crash-model/sector.js';
import { Hash } from '../../util/hash.js';
import type { CellRead } from './cell-reads.js';
import { entryCell, type LossTree } from './loss-tree.js';
import { unwritten, writeOf } from './sector-writes.js';

/** A cell whose fate a read depends on. Equal values are equal reads. */
export interface CellValues {
  readonly cell: string;
  readonly valueIf: (surviving: number) => string;
}

/** Nothing of the life: what was there before, or what a lost write left. */
const NOTHING = 'nothing';
/** No hole. */
const THERE = 'there';

/** The cell that holds a sector: where the disk takes 4096 B at once, it is that block. */
const dataCell = (tree: LossTree, ino: number, sector: number): string | undefined =>
  [`data ${ino} ${sector}`, `data ${ino} ${blockOf(sector)}`].find((cell) =>
    tree.versionsOf(cell).some((index) => writeOf(tree.operation(index), sector) !== undefined),
  );

const sizeAt = (tree: LossTree, index: number): number => {
  const operation = tree.operation(index);
  return operation?.kind === 'size' ? operation.size : 0;
};

/** Whether some version of a size cuts the file. */
const cuts = (tree: LossTree, cell: string, ino: number): boolean => {
  let before = tree.sizeBefore(ino);
  for (const index of tree.versionsOf(cell)) {
    const size = sizeAt(tree, index);
    if (size < before) return true;
    before = size;
  }
  return false;
};

/** @param valueBy the last version that survives, and how many do */
const valuesOf = (
  tree: LossTree,
  cell: string,
  valueBy: (last: MicroOperation, surviving: number) => string,
): CellValues => {
  const versions = tree.versionsOf(cell);
  const valueIf = (surviving: number): string => {
    const index = versions[surviving - 1];
    const last = index === undefined ? undefined : tree.operation(index);
    return last === undefined ? NOTHING : valueBy(last, surviving);
  };
  return { cell, valueIf };
};

/** The size of a file. Where it was cut, also how that came about. */
const sizeValues = (tree: LossTree, ino: number): CellValues => {
  const cell = `size ${ino}`;
  const isCut = cuts(tree, cell, ino);
  return valuesOf(tree, cell, (last, surviving) =>
    isCut || last.kind !== 'size' ? `cut ${surviving}` : String(last.size),
  );
};

/** The versions of a sector that survive, the last of them cut as the file was after it. */
interface Content {
  readonly writes: readonly SectorWrite[];
  /** The number of bytes of the sector that were left. */
  readonly left: number;
}

const contentOf = (
  tree: LossTree,
  { ino, at: sector }: CellRead,
  versions: readonly number[],
  sizes: readonly number[],
): Content => {
  const writes: SectorWrite[] = [];
  let last = -1;
  for (const index of versions) {
    const write = writeOf(tree.operation(index), sector);
    if (write === undefined) continue;
    writes.push(write);
    last = index;
  }
  const start = sector * SECTOR_BYTES;
  let left = SECTOR_BYTES;
  if (cuts(tree, `size ${ino}`, ino))
    for (const index of sizes)
      if (index > last) left = Math.min(left, Math.max(0, sizeAt(tree, index) - start));
  return { writes, left };
};

const valueOfContent = ({ writes, left }: Content, { kind, range }: CellRead): string => {
  const last = writes.at(-1);
  if (last === undefined) return NOTHING;
  if (kind === READ.isHole) return left > 0 ? THERE : 'cut off';
  const [from, to] = bytesOfRange(range);
  const hash = new Hash().bytes(last.sector.bytes, from, Math.max(from, Math.min(to, left)));
  return `${hash.digest()} ${Math.min(to, left)} ${unwritten(writes, range).join()}`;
};

const sectorValues = (tree: LossTree, read: CellRead, isLost: Uint8Array): readonly CellValues[] => {
  const { ino, at: sector } = read;
  const size = sizeValues(tree, ino);
  const cell = dataCell(tree, ino, sector);
  if (cell === undefined) return [size];
  const { fill, torn } = tree.cut;
  const versions = tree.versionsOf(cell);
  // Where lost writes leave something, a hole that a cut made is filled by them.
  const isPlain =
    fill === 'garbage' ? !versions.includes(torn ?? -1) : fill === 'zero' || !cuts(tree, size.cell, ino);
  const sizes = tree.versionsOf(size.cell).slice(0, tree.survivingOf(size.cell, isLost));
  const valueIf = (surviving: number): string => {
    if (!isPlain) return String(surviving);
    const content = contentOf(tree, read, versions.slice(0, surviving), sizes);
    const value = valueOfContent(content, read);
    if (value !== NOTHING || fill !== 'stale') return value;
    const lost = versions.slice(surviving).flatMap((index) => writeOf(tree.operation(index), sector) ?? []);
    // Where it had to find room, old bytes are there.
    if (read.kind === READ.isHole && lost[0]?.allocates === true) return THERE;
    return `${value} ${lost.length > 0}`;
  };
  return [size, { cell, valueIf }];
};

/** A block with one sector that is there is not empty, whatever became of the others. */
const blockValues = (tree: LossTree, read: CellRead, isLost: Uint8Array): readonly CellValues[] => {
  const { ino, at: block } = read;
  const sectors = Array.from({ length: BLOCK_SECTORS }, (_, sector) => ({
    ...read,
    kind: READ.isHole,
    at: block * BLOCK_SECTORS + sector,
  }));
  const size = sizeValues(tree, ino);
  const values = sectors.map((sector) => sectorValues(tree, sector, isLost));
  const there = values.find(
    ([, data]) => data !== undefined && data.valueIf(tree.survivingOf(data.cell, isLost)) === THERE,
  );
  const all = there ?? values.flatMap(([, data]) => data ?? []);
  return [size, ...all.filter(({ cell }) => cell !== size.cell)];
};

const entryValues = (tree: LossTree, cell: string): CellValues =>
  valuesOf(tree, cell, (last) => {
    const changes = last.kind === 'entries' ? last.changes : [];
    return `to ${changes.find(({ directory, name }) => cell === entryCell(directory, name))?.ino}`;
  });

const modeValues = (tree: LossTree, ino: number): CellValues =>
  valuesOf(tree, `mode ${ino}`, (last) => (last.kind === 'mode' ? String(last.mode) : NOTHING));

/** The cells that a read of a state depends on, each after those by which its values follow. */
export const valuesRead = (tree: LossTree, read: CellRead, isLost: Uint8Array): readonly CellValues[] => {
  const { kind, ino, name } = read;
  switch (kind) {
    case READ.random:
      return [];
    case READ.entry:
      return [entryValues(tree, entryCell(ino, name))];
    case READ.names:
      return tree.cellsWith(entryCell(ino, '')).map((cell) => entryValues(tree, cell));
    case READ.links:
      return tree.cellsWith('entry ').map((cell) => entryValues(tree, cell));
    case READ.size:
      return [sizeValues(tree, ino)];
    case READ.mode:
      return [modeValues(tree, ino)];
    case READ.bytes:
    case READ.isHole:
      return sectorValues(tree, read, isLost);
    case READ.isEmptyBlock:
      return blockValues(tree, read, isLost);
    default:
      return tree.cellsWith('').map((cell) => ({ cell, valueIf: String }));
  }
};
