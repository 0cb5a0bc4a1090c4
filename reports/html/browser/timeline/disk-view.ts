/** The disk beside the steps: each file with the state of its pieces and its bytes, or what a power cut changed of it. */
import { byId, make } from '../dom.js';
import { CHANGE_NUMBERS, NONE, ROW_CHANGES, STATES } from '../page-data.js';
import { type Disk, diskAt, type FileState, foundBy, type NameState } from './disk.js';
import { hexDifference, hexOf } from './hex.js';
import { type Band, type Item, type Trace, textOf } from './trace.js';

const CELLS_SHOWN = 96;
const FILES_SHOWN = 40;

const cell = (state: number): HTMLElement => make('i', `cell ${STATES[state] ?? ''}`);

const cellsOf = (name: NameState, file: FileState | undefined): HTMLElement => {
  const cells = make('span', 'cells');
  cells.setAttribute('aria-hidden', 'true');
  cells.append(cell(name.state));
  for (const state of [file?.sizeState, file?.modeState]) if (state !== undefined) cells.append(cell(state));
  const sectors = sectorStates(file);
  if (sectors.length > 0) cells.append(make('i', 'cell gap'), ...sectors.slice(0, CELLS_SHOWN).map(cell));
  return cells;
};

const sectorStates = (file: FileState | undefined): readonly number[] =>
  [...(file?.sectors ?? [])].sort(([left], [right]) => left - right).map(([, { state }]) => state);

const wordsOf = (name: NameState, file: FileState | undefined): string => {
  const words = [`name ${STATES[name.state] ?? ''}`];
  if (file?.sizeState !== undefined) words.push(`size ${STATES[file.sizeState] ?? ''}`);
  if (file?.modeState !== undefined) words.push(`permissions ${STATES[file.modeState] ?? ''}`);
  const states = sectorStates(file);
  for (const [number, state] of STATES.entries()) {
    const count = states.filter((one) => one === number).length;
    if (count > 0) words.push(`${count} ${count === 1 ? 'sector' : 'sectors'} ${state}`);
  }
  return words.join(', ');
};

/** Files that the reader opened or shut, by path: the others are open where the step changed them. */
type Opened = Map<string, boolean>;
const opened: Opened = new Map();

const foldOf = (
  path: string,
  isOpen: boolean,
  summary: readonly HTMLElement[],
  body: () => Node,
): HTMLElement => {
  const fold = make('details', 'file');
  const head = make('summary', '');
  head.append(...summary);
  fold.append(head);
  const fill = (): void => {
    if (fold.open && fold.childElementCount === 1) fold.append(body());
  };
  fold.open = opened.get(path) ?? isOpen;
  fill();
  head.addEventListener('click', () => opened.set(path, !fold.open));
  fold.addEventListener('toggle', fill);
  return fold;
};

const drawFile = (
  trace: Trace,
  path: string,
  name: NameState,
  file: FileState | undefined,
  isOpen: boolean,
): HTMLElement => {
  const gone = name.inode === 0 ? ', removed' : '';
  const size = file?.size === undefined ? '' : ` (${file.size} B)`;
  const head = [
    make('span', 'path', path + size),
    cellsOf(name, file),
    make('span', 'count', wordsOf(name, file) + gone),
  ];
  if (file === undefined || file.size === undefined || name.inode === 0) {
    const plain = make('div', 'file');
    plain.append(...head);
    return plain;
  }
  return foldOf(path, isOpen, head, () => hexOf(trace, file));
};

/** Paths whose files a row touched, by what its cells say. */
const touchedBy = (trace: Trace, item: Item): ReadonlySet<number> => {
  if (item.kind === 'band') return new Set();
  const paths = new Set<number>();
  for (let i = ROW_CHANGES; i < item.row.length; i += CHANGE_NUMBERS) {
    const touched = trace.data.cells[item.row[i] ?? NONE];
    if (touched !== undefined) paths.add(touched[0]);
  }
  return paths;
};

const fileOf = (disk: Disk, path: number): FileState | undefined =>
  disk.files.get(disk.names.get(path)?.inode ?? 0);

/** What the program saw before the cut, and what it finds after it. */
const drawCut = (trace: Trace, band: Band): HTMLElement => {
  const last = trace.items[(trace.bands[band.number - 1] ?? 0) - 1];
  const before = last === undefined ? foundBy(trace, 1) : diskAt(trace, last);
  const after = foundBy(trace, band.number);
  const section = make('div', 'difference');
  section.append(make('h4', '', 'Before and after the power cut'));
  let count = 0;
  for (const path of new Set([...before.names.keys(), ...after.names.keys()])) {
    const [old, now] = [fileOf(before, path), fileOf(after, path)];
    if (old?.size === undefined && now?.size === undefined) continue;
    const name = textOf(trace, path);
    const difference = hexDifference(trace, old, now);
    const [was, is] = [old, now].map((file) => (file?.size === undefined ? 'not there' : `${file.size} B`));
    if (difference === undefined && was === is) continue;
    count += 1;
    const size = was === is ? `${was}, other bytes` : `${was} → ${is}`;
    section.append(make('p', 'path', `${name}: ${size}`), ...(difference === undefined ? [] : [difference]));
  }
  if (count === 0) section.append(make('p', 'count', 'No file differs.'));
  return section;
};

export const showDisk = (trace: Trace, item: Item): void => {
  const isFirst = item.kind === 'band' && item.number === 1;
  const isCut = item.kind === 'band' && !isFirst;
  byId('disk-title').textContent = isCut ? 'The disk when the power failed' : 'The disk after this step';
  const disk = isFirst ? foundBy(trace, 1) : diskAt(trace, item);
  const touched = touchedBy(trace, item);
  const names = [...disk.names];
  const files = names
    .slice(0, FILES_SHOWN)
    .map(([path, name]) =>
      drawFile(trace, textOf(trace, path), name, disk.files.get(name.inode), touched.has(path)),
    );
  const more = names.length - files.length;
  byId('files').replaceChildren(
    ...(isCut && item.kind === 'band' ? [drawCut(trace, item)] : []),
    ...(files.length > 0 ? files : [make('p', 'count', 'Nothing is on it.')]),
    ...(more > 0 ? [make('p', 'count', `and ${more} more files`)] : []),
  );
};
