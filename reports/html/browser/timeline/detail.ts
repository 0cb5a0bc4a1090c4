/** What is known of the selected item, in words, and the state that the suite shows there. */
import { clockText } from '../../../../sim/util/clock-text.js';
import { printable, printableLine } from '../../../format.js';
import { byId, make } from '../dom.js';
import { NONE } from '../page-data.js';
import {
  type Band,
  bandText,
  type Item,
  observedIn,
  type Step,
  stepNumber,
  type Trace,
  textOf,
} from './trace.js';

/** Losses listed one by one. */
const WORDS_SHOWN = 6;

const bandDetail = (trace: Trace, band: Band): readonly HTMLElement[] => {
  const list = make('dl', 'fates');
  const add = (term: string, numbers: readonly number[]): void => {
    if (numbers.length === 0) return;
    list.append(make('dt', '', term));
    for (const number of numbers.slice(0, WORDS_SHOWN)) list.append(make('dd', '', textOf(trace, number)));
    if (numbers.length > WORDS_SHOWN) list.append(make('dd', '', `and ${numbers.length - WORDS_SHOWN} more`));
  };
  const crash = trace.data.crashes[band.number - 2];
  add('Lost (never fsynced)', crash?.lost ?? []);
  add('Survived without fsync', crash?.kept ?? []);
  const nothing =
    band.number === 1
      ? trace.data.prepared.length === 0
        ? 'The program starts on an empty disk.'
        : 'The suite prepared this disk.'
      : 'Nothing was volatile: every write is durable.';
  const startMs = trace.data.clocks[band.number - 1] ?? NONE;
  const clock = startMs === NONE ? [] : [make('p', 'count', `The clock says ${clockText(startMs)}.`)];
  return [
    make('h3', '', bandText(band)),
    ...clock,
    list.childElementCount > 0 ? list : make('p', 'count', nothing),
  ];
};

const stepDetail = (trace: Trace, { row, index, life, step }: Step): readonly HTMLElement[] => {
  const [timeMs, lane, operation, label, result, way] = row;
  const laneName = (number: number): string => printableLine(trace.data.lanes[number] ?? '');
  const list = make('dl', '');
  const add = (term: string, text: string): void => {
    if (text !== '') list.append(make('dt', '', term), make('dd', '', text));
  };
  add('step', `${index + 1}; ${step} of life ${life}`);
  add('lane', laneName(lane));
  add('through', (trace.data.ways[way] ?? []).map(laneName).join(' → '));
  add('operation', textOf(trace, operation));
  add('result', textOf(trace, result));
  const startMs = trace.data.clocks[life - 1] ?? NONE;
  add('clock', startMs === NONE ? '' : clockText(startMs + timeMs));
  return [make('h3', '', textOf(trace, label)), list];
};

/** The state that the suite shows. `select` is called with the number of a step. */
const showState = (trace: Trace, item: Item, select: (step: number) => void): void => {
  const hasAny = trace.observed.length > 0;
  byId('state').hidden = !hasAny;
  if (!hasAny) return;
  const at = trace.observed.findLast((index) => index < stepNumber(item));
  const row = at === undefined ? undefined : trace.data.rows[at];
  if (at === undefined || row === undefined) {
    byId('observed').replaceChildren(make('p', 'count', 'observe() has not been called yet.'));
    return;
  }
  const link = make('button', 'link', `step ${at + 1}`);
  link.type = 'button';
  link.addEventListener('click', () => select(at + 1));
  const where = make('p', 'count', 'As observe() returned it at ');
  where.append(link);
  const value = make('pre', 'json scroll', printable(trace.data.texts[observedIn(row)] ?? ''));
  value.tabIndex = 0;
  byId('observed').replaceChildren(where, value);
};

export const showDetail = (trace: Trace, item: Item, select: (step: number) => void): void => {
  byId('detail').replaceChildren(
    ...(item.kind === 'band' ? bandDetail(trace, item) : stepDetail(trace, item)),
  );
  showState(trace, item, select);
};
