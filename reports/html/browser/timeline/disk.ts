/** The disk at a step, played from the start of its life: names, and files with their sizes, bytes and what is durable of them. */
import { CHANGE_NUMBERS, FOUND_NUMBERS, NONE, PARTS, ROW_CHANGES, STATES } from '../page-data.js';
import type { Item, Trace } from './trace.js';

export const SECTOR_BYTES = 512;
const DURABLE = STATES.indexOf('durable');
const [NAME, SIZE, MODE] = [PARTS.indexOf('name'), PARTS.indexOf('size'), PARTS.indexOf('mode')];
/** The number of no file: a name that leads nowhere. */
const NO_FILE = 0;

/** Where its bytes are: decoded only when they are shown, as a life has thousands of writes. */
export interface SectorState {
  readonly state: number;
  /** The text that holds them in base64; NONE: not kept. */
  readonly text: number;
  /** From which byte of the text on. */
  readonly offset: number;
  /** Beyond this many bytes of the sector there are zeros. */
  readonly left: number;
}

export interface FileState {
  size: number | undefined;
  sizeState: number | undefined;
  modeState: number | undefined;
  readonly sectors: Map<number, SectorState>;
}

export interface NameState {
  readonly inode: number;
  readonly state: number;
}

export interface Disk {
  /** By number of path. */
  readonly names: Map<number, NameState>;
  /** By i-node. */
  readonly files: Map<number, FileState>;
}

const fileIn = (disk: Disk, inode: number): FileState => {
  const known = disk.files.get(inode) ?? {
    size: undefined,
    sizeState: undefined,
    modeState: undefined,
    sectors: new Map(),
  };
  disk.files.set(inode, known);
  return known;
};

/** What lies beyond a new size is gone, and would read as zeros if the file grew again. */
const resize = (file: FileState, size: number): void => {
  if (size < (file.size ?? 0))
    for (const [number, sector] of file.sectors) {
      const left = size - number * SECTOR_BYTES;
      if (left <= 0) file.sectors.delete(number);
      else if (left < sector.left) file.sectors.set(number, { ...sector, left });
    }
  file.size = size;
};

const NOT_KEPT: SectorState = { state: DURABLE, text: NONE, offset: 0, left: SECTOR_BYTES };

/** Applies changes in turn from index `from`. */
const apply = (disk: Disk, { data }: Trace, changes: readonly number[], from: number): void => {
  for (let i = from; i < changes.length; i += CHANGE_NUMBERS) {
    const cell = data.cells[changes[i] ?? NONE];
    if (cell === undefined) continue;
    const [path, part, sector, inode] = cell;
    const state = changes[i + 1] ?? DURABLE;
    const value = changes[i + 2] ?? NONE;
    if (part === NAME) {
      disk.names.set(path, { inode, state });
      continue;
    }
    const file = fileIn(disk, inode);
    if (!disk.names.has(path) && inode < NO_FILE) disk.names.set(path, { inode, state: DURABLE });
    if (part === MODE) file.modeState = state;
    else if (part === SIZE) {
      file.sizeState = state;
      if (value !== NONE) resize(file, value);
    } else {
      const { text, offset, left } = file.sectors.get(sector) ?? NOT_KEPT;
      file.sectors.set(
        sector,
        value === NONE
          ? { state, text, offset, left }
          : { state, text: value, offset: 0, left: SECTOR_BYTES },
      );
    }
  }
};

/** The disk that a life finds when it starts. */
export const foundBy = ({ data }: Trace, life: number): Disk => {
  const disk: Disk = { names: new Map(), files: new Map() };
  const found = life === 1 ? data.prepared : (data.crashes[life - 2]?.found ?? []);
  for (let i = 0; i < found.length; i += FOUND_NUMBERS) {
    const [path = 0, size = 0, inode = 0, content = NONE] = found.slice(i, i + FOUND_NUMBERS);
    const file = fileIn(disk, inode);
    disk.names.set(path, { inode, state: DURABLE });
    file.size = size;
    file.sizeState = DURABLE;
    for (let sector = 0; sector * SECTOR_BYTES < size; sector++)
      file.sectors.set(sector, { ...NOT_KEPT, text: content, offset: sector * SECTOR_BYTES });
  }
  return disk;
};

/**
 * The disk after an item. A band shows the disk as its power cut found it, with what became of each piece. Cost: linear in the
 * steps of the life before it, some ms for 10,000.
 */
export const diskAt = (trace: Trace, item: Item): Disk => {
  const { data, items, bands } = trace;
  const life = item.kind === 'band' ? item.number - 1 : item.life;
  const disk = foundBy(trace, life);
  const band = items[bands[life - 1] ?? 0];
  const first = band?.kind === 'band' ? band.firstRow : 0;
  const last = item.kind === 'band' ? item.firstRow - 1 : item.index;
  for (let index = first; index <= last; index++) {
    const row = data.rows[index];
    if (row !== undefined) apply(disk, trace, row, ROW_CHANGES);
  }
  if (item.kind === 'band') apply(disk, trace, data.crashes[life - 1]?.cells ?? [], 0);
  return disk;
};

/** The bytes of a file, as many as its size says; undefined in the places that were not kept. */
export const contentOf = ({ data }: Trace, file: FileState): readonly (number | undefined)[] => {
  const size = file.size ?? 0;
  const decoded = new Map<number, string>();
  const content: (number | undefined)[] = [];
  for (let at = 0; at < size; at++) {
    const sector = file.sectors.get(Math.floor(at / SECTOR_BYTES));
    const within = at % SECTOR_BYTES;
    if (sector === undefined || within >= sector.left) content.push(0);
    else if (sector.text === NONE) content.push(undefined);
    else {
      const binary = decoded.get(sector.text) ?? atob(data.texts[sector.text] ?? '');
      decoded.set(sector.text, binary);
      // Zeros at the end are left out of the text.
      const place = sector.offset + within;
      content.push(place < binary.length ? binary.charCodeAt(place) : 0);
    }
  }
  return content;
};
