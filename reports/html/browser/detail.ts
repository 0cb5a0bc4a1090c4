/** What is known of the selected item, in words. */
import { printableLine } from '../../format.js';
import { byId, make } from './dom.js';
import { type Band, bandText, type Item, type Step, textOf, trace } from './trace.js';

/** Losses listed one by one. */
const WORDS_SHOWN = 6;

const bandDetail = (band: Band): readonly HTMLElement[] => {
  const list = make('dl', 'fates');
  const add = (term: string, numbers: readonly number[]): void => {
    if (numbers.length === 0) return;
    list.append(make('dt', '', term));
    for (const number of numbers.slice(0, WORDS_SHOWN)) list.append(make('dd', '', textOf(number)));
    if (numbers.length > WORDS_SHOWN) list.append(make('dd', '', `and ${numbers.length - WORDS_SHOWN} more`));
  };
  const crash = trace.crashes[band.number - 2];
  add('Lost (never fsynced)', crash?.lost ?? []);
  add('Survived without fsync', crash?.kept ?? []);
  const nothing =
    band.number === 1
      ? 'The program starts on an empty disk.'
      : 'Nothing was on its way to the disk: all that had been written is safe.';
  return [make('h3', '', bandText(band)), list.childElementCount > 0 ? list : make('p', 'count', nothing)];
};

/** A link that opens an editor where the path is absolute. */
const placeOf = (path: string, line: number): HTMLElement => {
  const text = `${printableLine(path)}:${line}`;
  if (!path.startsWith('/')) return make('code', '', text);
  const link = make('a', '', text);
  link.href = `vscode://file${encodeURI(path)}:${line}`;
  return link;
};

const stepDetail = ({ row }: Step): readonly HTMLElement[] => {
  const [life, step, timeMs, lane, operation, label, result, file, line, way] = row;
  const laneName = (number: number): string => printableLine(trace.lanes[number] ?? '');
  const list = make('dl', '');
  const add = (term: string, text: string): void => {
    if (text !== '') list.append(make('dt', '', term), make('dd', '', text));
  };
  add('step', `${step} of life ${life}`);
  add('lane', laneName(lane));
  add('through', (trace.ways[way] ?? []).map(laneName).join(' → '));
  add('operation', textOf(operation));
  add('result', textOf(result));
  add('time', `${timeMs} ms after power on`);
  if (line > 0) {
    const place = make('dd', '');
    place.append(placeOf(trace.texts[file] ?? '', line));
    list.append(make('dt', '', 'place'), place);
  }
  return [make('h3', '', textOf(label)), list];
};

export const showDetail = (item: Item): void =>
  byId('detail').replaceChildren(...(item.kind === 'band' ? bandDetail(item) : stepDetail(item)));
