/** Bytes as rows of hexadecimal numbers and characters. */
import { make } from '../dom.js';
import { STATES } from '../page-data.js';
import { contentOf, type FileState, SECTOR_BYTES } from './disk.js';
import type { Trace } from './trace.js';

const ROW_BYTES = 16;
/** Rows shown of a file: beyond, the reader asks for more. */
const ROWS_SHOWN = 32;

type Byte = number | undefined;

const two = (byte: Byte): string => (byte === undefined ? '··' : byte.toString(16).padStart(2, '0'));
const character = (byte: Byte): string =>
  byte === undefined || byte < 0x20 || byte > 0x7e ? '·' : String.fromCharCode(byte);

/** '00000010  50 57 44 …  PWD…' */
const rowText = (bytes: readonly Byte[], at: number): string => {
  const row = bytes.slice(at, at + ROW_BYTES);
  return `${at.toString(16).padStart(6, '0')}  ${row
    .map(two)
    .join(' ')
    .padEnd(ROW_BYTES * 3 - 1)}  ${row.map(character).join('')}`;
};

const starts = (length: number): readonly number[] =>
  Array.from({ length: Math.ceil(length / ROW_BYTES) }, (_, row) => row * ROW_BYTES);

const isZero = (bytes: readonly Byte[], at: number): boolean =>
  bytes.slice(at, at + ROW_BYTES).every((byte) => byte === 0);

/** Rows, where several of nothing but zeros are one line. */
const rowsOf = (bytes: readonly Byte[], lineAt: (at: number) => HTMLElement): readonly HTMLElement[] => {
  const rows: HTMLElement[] = [];
  let zeros = 0;
  for (const at of starts(bytes.length)) {
    const isSkipped = isZero(bytes, at) && at > 0 && isZero(bytes, at - ROW_BYTES);
    if (isSkipped) zeros += 1;
    else rows.push(...told(zeros), lineAt(at));
    if (!isSkipped) zeros = 0;
  }
  return [...rows, ...told(zeros)];
};

const told = (zeros: number): readonly HTMLElement[] =>
  zeros === 0 ? [] : [make('span', 'hex-row faint', `        ${zeros * ROW_BYTES} more bytes of zeros\n`)];

const block = (rows: readonly HTMLElement[]): HTMLElement => {
  const pre = make('pre', 'hex scroll');
  pre.tabIndex = 0;
  pre.append(...rows.slice(0, ROWS_SHOWN));
  if (rows.length <= ROWS_SHOWN) return pre;
  const more = make('button', '', `${rows.length - ROWS_SHOWN} more rows`);
  more.type = 'button';
  more.addEventListener('click', () => {
    more.remove();
    pre.append(...rows.slice(ROWS_SHOWN));
  });
  const both = make('div', '');
  both.append(pre, more);
  return both;
};

/** A whole file; each row is marked by the state of its sector. */
export const hexOf = (trace: Trace, file: FileState): HTMLElement => {
  const bytes = contentOf(trace, file);
  if (bytes.length === 0) return make('p', 'count', 'The file is empty.');
  const rows = rowsOf(bytes, (at) => {
    const state = file.sectors.get(Math.floor(at / SECTOR_BYTES))?.state ?? 0;
    return make('span', `hex-row ${STATES[state] ?? ''}`, `${rowText(bytes, at)}\n`);
  });
  return block(rows);
};

/** Rows in which two versions of a file differ, the old one above the new one; undefined where none does. */
export const hexDifference = (
  trace: Trace,
  before: FileState | undefined,
  after: FileState | undefined,
): HTMLElement | undefined => {
  const [old, now] = [before, after].map((file) => (file === undefined ? [] : contentOf(trace, file)));
  if (old === undefined || now === undefined) return undefined;
  const rows = starts(Math.max(old.length, now.length)).flatMap((at) => {
    const [left, right] = [old, now].map((bytes) => rowText(bytes, at));
    if (left === right) return [];
    return [
      ...(at < old.length ? [make('del', 'hex-row', `− ${left}\n`)] : []),
      ...(at < now.length ? [make('ins', 'hex-row', `+ ${right}\n`)] : []),
    ];
  });
  return rows.length === 0 ? undefined : block(rows);
};
