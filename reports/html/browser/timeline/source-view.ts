/** The source of a step: the user's own frame first, those of libraries in a fold. */
import { printable, printableLine } from '../../../format.js';
import { byId, make } from '../dom.js';
import type { Excerpt, Row } from '../page-data.js';
import type { Item, Trace } from './trace.js';

const AROUND = 4;

interface Frame {
  readonly file: number;
  readonly line: number;
  readonly isLibrary: boolean;
}

/** The row whose call is shown: of a power cut, that of the call before it. */
const rowOf = ({ data }: Trace, item: Item): Row | undefined =>
  item.kind === 'step' ? item.row : data.rows[item.firstRow - 1];

const framesOf = ({ data }: Trace, row: Row | undefined): readonly Frame[] => {
  if (row === undefined) return [];
  const numbers = data.frames[row[6]] ?? [];
  const frames: Frame[] = [];
  for (let i = 0; i < numbers.length; i += 3)
    frames.push({ file: numbers[i] ?? 0, line: numbers[i + 1] ?? 0, isLibrary: numbers[i + 2] === 1 });
  return frames;
};

/** A link that opens an editor where the path is absolute. */
const placeOf = (path: string, line: number): HTMLElement => {
  const [, inPackage] = /^.*\/node_modules\/(.+)$/.exec(path) ?? [];
  const short = inPackage ?? path.split('/').slice(-3).join('/');
  const text = `${printableLine(short)}:${line}`;
  if (!path.startsWith('/')) return make('code', '', text);
  const link = make('a', '', text);
  link.href = `vscode://file${encodeURI(path)}:${line}`;
  link.title = printableLine(path);
  return link;
};

const isAround = ([file, first, ...lines]: Excerpt, frame: Frame): boolean =>
  file === frame.file && first <= frame.line && frame.line < first + lines.length;

const codeOf = ({ data }: Trace, frame: Frame): HTMLElement => {
  const excerpt = data.sources.find((one) => isAround(one, frame));
  if (excerpt === undefined) return make('p', 'count', 'The source is not at hand.');
  const [, first, ...lines] = excerpt;
  const code = make('pre', 'code scroll');
  code.tabIndex = 0;
  for (const [index, text] of lines.entries()) {
    const number = first + index;
    if (Math.abs(number - frame.line) > AROUND) continue;
    const line = make('span', number === frame.line ? 'line current' : 'line');
    line.append(
      make('span', 'number', String(number).padStart(5)),
      `  ${printable(data.texts[text] ?? '')}\n`,
    );
    code.append(line);
  }
  return code;
};

const frameOf = (trace: Trace, frame: Frame): HTMLElement => {
  const element = make('div', 'frame');
  element.append(placeOf(trace.data.texts[frame.file] ?? '', frame.line), codeOf(trace, frame));
  return element;
};

const foldOf = (trace: Trace, title: string, frames: readonly Frame[], isOpen: boolean): HTMLElement => {
  const fold = make('details', 'frames');
  fold.append(make('summary', '', title));
  fold.open = isOpen;
  const fill = (): void => {
    if (fold.open && fold.childElementCount === 1) fold.append(...frames.map((one) => frameOf(trace, one)));
  };
  fill();
  fold.addEventListener('toggle', fill);
  return fold;
};

export const showSource = (trace: Trace, item: Item): void => {
  const frames = framesOf(trace, rowOf(trace, item));
  const own = frames.filter(({ isLibrary }) => !isLibrary);
  const library = frames.filter(({ isLibrary }) => isLibrary);
  const [first, ...callers] = own;
  byId('source').replaceChildren(
    ...(item.kind === 'band' && frames.length > 0
      ? [make('p', 'count', 'The call before the power cut:')]
      : []),
    ...(frames.length === 0 ? [make('p', 'count', 'No call of the program.')] : []),
    ...(first === undefined ? [] : [frameOf(trace, first)]),
    ...(callers.length === 0 ? [] : [foldOf(trace, `called from ${callers.length} more`, callers, false)]),
    ...(library.length === 0
      ? []
      : [foldOf(trace, `through ${library.length} of libraries`, library, first === undefined)]),
  );
};
