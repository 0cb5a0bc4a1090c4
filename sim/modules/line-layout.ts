/**
 * Puts compiled code back on the lines of its source, so that a stack names the line of the source, however it is
 * printed and whether or not source maps are in use. Columns are those of the source, too, where the code leaves room for it.
 */
import { SourceMap, type SourceMapPayload } from 'node:module';

/** A line break after one of these never changes what code means; inside of strings no mapping begins after one. */
const BOUNDARY = /[;{},([]/g;
/** Compilers lift these to the top, whatever line they are from. */
const LIFTED = /^(?:var import_\w+=|__reExport\(|__export\(|module\.exports=)/;

interface Place {
  readonly line: number;
  readonly column: number;
}

const originOf = (mappings: SourceMap, line: number, column: number): Place | undefined => {
  const entry = mappings.findEntry(line, column);
  return 'originalLine' in entry && entry.generatedLine === line && entry.generatedColumn === column
    ? { line: entry.originalLine, column: entry.originalColumn }
    : undefined;
};

/**
 * Lays out `code`, whose only line breaks are those inside of template literals.
 * @param map the source map from `code` to its source
 */
export const onItsLines = (code: string, map: SourceMapPayload): string => {
  const mappings = new SourceMap(map);
  const parts: string[] = [];
  let line = 0;
  for (const [row, text] of code.split('\n').entries()) {
    if (row > 0) {
      parts.push('\n');
      line += 1;
    }
    let from = 0;
    let column = 0;
    let liftedUntil = -1;
    for (const { index } of text.matchAll(BOUNDARY)) {
      const at = index + 1;
      if (text[index] === ';' && LIFTED.test(text.slice(at, at + 80))) {
        const end = text.indexOf(';', at);
        liftedUntil = end === -1 ? text.length : end;
      }
      const origin = at <= liftedUntil ? undefined : originOf(mappings, row, at);
      if (origin === undefined || origin.line < line) continue;
      parts.push(text.slice(from, at));
      column += at - from;
      from = at;
      if (origin.line > line) {
        parts.push('\n'.repeat(origin.line - line));
        line = origin.line;
        column = 0;
      }
      if (origin.column > column) {
        parts.push(' '.repeat(origin.column - column));
        column = origin.column;
      }
    }
    parts.push(text.slice(from));
  }
  return parts.join('');
};
