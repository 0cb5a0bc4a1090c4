/** The disk beside the steps: each file with the state of its cells. */
import { byId, make } from './dom.js';
import { PARTS, ROW_CHANGES, STATES } from './page-data.js';
import { bandPositions, type Item, items, textOf, trace } from './trace.js';

const CELLS_SHOWN = 96;
const SECTOR_BYTES = 512;
const DURABLE = STATES.indexOf('durable');
const DATA = PARTS.indexOf('data');

/** States by number; those of parts by part, undefined where the file has none. */
interface FileState {
  readonly parts: (number | undefined)[];
  readonly sectors: Map<number, number>;
}

/** By number of path. */
type Disk = Map<number, FileState>;

const fileIn = (disk: Disk, path: number): FileState => {
  const known = disk.get(path) ?? { parts: [], sectors: new Map() };
  disk.set(path, known);
  return known;
};

/** Applies changes, cell and state in turn from index `from`. */
const apply = (disk: Disk, changes: readonly number[], from: number): void => {
  for (let i = from; i < changes.length; i += 2) {
    const [number = 0, state = DURABLE] = changes.slice(i, i + 2);
    const cell = trace.cells[number];
    if (cell === undefined) continue;
    const [path, part, sector] = cell;
    if (part === DATA) fileIn(disk, path).sectors.set(sector, state);
    else fileIn(disk, path).parts[part] = state;
  }
};

const foundIn = (found: readonly number[]): Disk => {
  const disk: Disk = new Map();
  for (let i = 0; i < found.length; i += 2) {
    const [path = 0, bytes = 0] = found.slice(i, i + 2);
    const { parts, sectors } = fileIn(disk, path);
    parts[PARTS.indexOf('name')] = parts[PARTS.indexOf('size')] = DURABLE;
    for (let sector = 0; sector * SECTOR_BYTES < bytes; sector++) sectors.set(sector, DURABLE);
  }
  return disk;
};

/** Played from the start of the life: some ms for 50,000 steps. */
const diskAt = (item: Item): Disk => {
  const life = item.kind === 'band' ? item.number - 1 : item.row[0];
  const disk = foundIn(trace.crashes[life - 2]?.found ?? []);
  const band = items[bandPositions[life - 1] ?? 0];
  const first = band?.kind === 'band' ? band.firstRow : 0;
  const last = item.kind === 'band' ? item.firstRow - 1 : item.index;
  for (const row of trace.rows.slice(first, last + 1)) apply(disk, row, ROW_CHANGES);
  // A band shows what its power cut left of the life before it.
  if (item.kind === 'band') apply(disk, trace.crashes[life - 1]?.cells ?? [], 0);
  return disk;
};

const cell = (state: number): HTMLElement => make('i', `cell ${STATES[state] ?? ''}`);

const drawFile = ([path, { parts, sectors }]: readonly [number, FileState]): HTMLElement => {
  const cells = make('span', 'cells');
  cells.setAttribute('aria-hidden', 'true');
  const words: string[] = [];
  for (const [part, state] of parts.entries()) {
    if (state === undefined) continue;
    cells.append(cell(state));
    const name = PARTS[part] === 'mode' ? 'permissions' : PARTS[part];
    words.push(`${name} ${STATES[state]}`);
  }
  if (words.length > 0 && sectors.size > 0) cells.append(make('i', 'cell gap'));
  const states = [...sectors].sort(([left], [right]) => left - right).map(([, state]) => state);
  cells.append(...states.slice(0, CELLS_SHOWN).map(cell));
  for (const [number, name] of STATES.entries()) {
    const count = states.filter((state) => state === number).length;
    if (count > 0) words.push(`${count} ${count === 1 ? 'sector' : 'sectors'} ${name}`);
  }
  const element = make('div', 'file');
  element.append(make('span', 'path', textOf(path)), cells, make('span', 'count', words.join(', ')));
  return element;
};

export const showDisk = (item: Item): void => {
  const isFirst = item.kind === 'band' && item.number === 1;
  const isCut = item.kind === 'band' && !isFirst;
  byId('disk-title').textContent = isCut ? 'The disk when the power failed' : 'The disk after this step';
  const files = isFirst ? [] : [...diskAt(item)].map(drawFile);
  byId('files').replaceChildren(...(files.length > 0 ? files : [make('p', 'count', 'Nothing is on it.')]));
};
