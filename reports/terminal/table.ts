/**
 * The comparison as a table of plain characters, never wider than the terminal.
 *
 * Columns that do not fit beside the names go into a further table below, under the names again: at 120
 * columns the comparison is one table, at 80 or on a phone it is two, and nothing is cut off but long names. Where the width is
 * infinite, as in a pipe, nothing is.
 */
import type { CampaignResult } from '../../sim/result/result.js';
import { printableLine } from '../format.js';
import type { Cell, Column } from '../result/comparison.js';
import { columnsOf } from '../result/comparison.js';
import type { Style } from './style.js';

const GAP = '  ';
/** On a terminal. */
const NAME_COLUMNS_MAX = 36;

interface LaidOut {
  readonly column: Column;
  readonly cells: readonly Cell[];
  readonly width: number;
}

/** How many terminal columns a text takes: all that reports print is one column a code point. */
const widthOf = (text: string): number => [...text].length;

const pad = (text: string, width: number, align: Column['align']): string => {
  const padding = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? text + padding : padding + text;
};

const shorten = (text: string, width: number): string =>
  widthOf(text) <= width ? text : `${[...text].slice(0, width - 1).join('')}…`;

/** Fills tables from left to right; every table holds at least one column. */
const pack = (columns: readonly LaidOut[], room: number): readonly (readonly LaidOut[])[] => {
  const tables: LaidOut[][] = [];
  let left = 0;
  for (const column of columns) {
    const needed = GAP.length + column.width;
    const table = tables.at(-1);
    if (table === undefined || needed > left) {
      tables.push([column]);
      left = room - needed;
    } else {
      table.push(column);
      left -= needed;
    }
  }
  return tables;
};

const renderTable = (
  names: readonly string[],
  nameWidth: number,
  columns: readonly LaidOut[],
  style: Style,
): readonly string[] => {
  const heading = (line: 0 | 1): string => {
    const name = pad(line === 1 ? 'suite' : '', nameWidth, 'left');
    const rest = columns.map(({ column, width }) => pad(column.heading[line], width, column.align));
    return style.faint([name, ...rest].join(GAP).trimEnd());
  };
  const rows = names.map((name, row) => {
    const cells = columns.map(({ column, cells: all, width }) => {
      const cell = all[row] ?? { text: '', tone: 'plain' };
      return style.tone(cell.tone, pad(cell.text, width, column.align));
    });
    return [pad(name, nameWidth, 'left'), ...cells].join(GAP).trimEnd();
  });
  return [heading(0), heading(1), ...rows];
};

/** The lines of the comparison; two tables or more where `terminalColumns` is too narrow for one. */
export const comparisonTable = (
  result: CampaignResult,
  terminalColumns: number,
  style: Style,
): readonly string[] => {
  const widest = Math.max(5, ...result.suites.map((suite) => widthOf(printableLine(suite.name))));
  const most = Number.isFinite(terminalColumns) ? NAME_COLUMNS_MAX : widest;
  const nameWidth = Math.min(widest, most, Math.max(12, Math.floor(terminalColumns / 2)));
  const names = result.suites.map((suite) => shorten(printableLine(suite.name), nameWidth));
  const columns = columnsOf(result).map((column) => {
    const cells = result.suites.map((suite) => column.cell(suite));
    const texts = [...column.heading, ...cells.map((cell) => cell.text)];
    return { column, cells, width: Math.max(...texts.map(widthOf)) };
  });
  const tables = pack(columns, terminalColumns - nameWidth);
  return tables.flatMap((table, index) => {
    const lines = renderTable(names, nameWidth, table, style);
    return index === 0 ? lines : ['', ...lines];
  });
};
