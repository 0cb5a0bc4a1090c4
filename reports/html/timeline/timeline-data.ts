/** A replay as numbers and texts, for the script of the page: texts that recur are in the file once. */
import type {
  CellChange,
  FoundFile,
  PowerCut,
  ReplayResult,
  SourceExcerpt,
  TraceEntry,
} from '../../../sim/result/result.js';
import { distinctLanes, lanesOf } from '../../timeline-lanes.js';
import {
  type Cell,
  type Excerpt,
  NONE,
  PARTS,
  type Row,
  STATES,
  type StoryItem,
  type TimelineData,
} from '../browser/page-data.js';

/** Gives each distinct value a number, in the order in which they come. */
const numbering = () => {
  const known = new Map<string, number>();
  return {
    of: (value: string): number => {
      const number = known.get(value) ?? known.size;
      known.set(value, number);
      return number;
    },
    all: (): readonly string[] => [...known.keys()],
  };
};

type Numbering = ReturnType<typeof numbering>;

const numbersIn = (text: string): readonly number[] => (text === '' ? [] : text.split(',').map(Number));

const cellIn = (key: string): Cell => {
  const [path = 0, part = 0, sector = 0, inode = 0] = numbersIn(key);
  return [path, part, sector, inode];
};

/** A trace of another version may not say which file a cell is of: then its path stands for it, by a number of no file. */
const inodeOf = (inode: number | undefined, path: number): number => inode ?? -2 - path;

const newValue = ({ bytes, size }: CellChange, texts: Numbering): number =>
  bytes === undefined ? (size ?? NONE) : texts.of(bytes);

const foundOf = ({ path, size, inode, content }: FoundFile, texts: Numbering): readonly number[] => [
  texts.of(path),
  size,
  inodeOf(inode, texts.of(path)),
  content === undefined ? NONE : texts.of(content),
];

const excerptOf = ({ file, line, lines }: SourceExcerpt, texts: Numbering): Excerpt => [
  texts.of(file),
  line,
  ...lines.map(texts.of),
];

/** What is indented belongs to the sentence above it, and stays so. */
const storyOf = ({ story, storySteps = [] }: ReplayResult, texts: Numbering): readonly StoryItem[] =>
  story
    .split('\n')
    .flatMap((line, index): readonly StoryItem[] =>
      line.trim() === '' ? [] : [[texts.of(line), storySteps[index] ?? 0]],
    );

/** What the clock says when a life begins, from its first step; NONE in a trace that does not say. */
const startOfLife = (first: TraceEntry | undefined): number =>
  first?.clockMs === undefined ? NONE : first.clockMs - first.timeMs;

/** Cost: linear in the trace; some 60 bytes a step, and the contents of files. */
export const timelineData = (result: ReplayResult): TimelineData => {
  const laned = lanesOf(result.trace);
  const lanes = distinctLanes(laned);
  const laneIndex = new Map(lanes.map((lane, index) => [lane, index]));
  const [texts, cells, ways, frameLists] = [numbering(), numbering(), numbering(), numbering()];
  const laneNumber = (lane = ''): number => laneIndex.get(lane) ?? 0;
  const changes = (some: readonly CellChange[] = []): readonly number[] =>
    some.flatMap((change) => {
      const path = texts.of(change.path);
      const key = [path, PARTS.indexOf(change.part), change.sector ?? 0, inodeOf(change.inode, path)];
      return [cells.of(key.join(',')), STATES.indexOf(change.state), newValue(change, texts)];
    });
  const worded = ({ volatile }: PowerCut, fate: 'lost' | 'survived'): readonly number[] =>
    volatile.flatMap((change) => (change.fate === fate ? [texts.of(change.what)] : []));
  const firstRows = result.trace.flatMap(({ life }, index) =>
    result.trace[index - 1]?.life === life ? [] : [index],
  );
  const starts = new Map(firstRows.map((row) => [result.trace[row]?.life, startOfLife(result.trace[row])]));
  const startOf = (life: number): number => starts.get(life) ?? 0;
  const rows = result.trace.map((entry, index): Row => {
    // A trace without the whole way has at least the place of the call.
    const frames = (entry.frames ?? (entry.site === undefined ? [] : [entry.site])).flatMap((frame) => [
      texts.of(frame.file),
      frame.line,
      'library' in frame ? 1 : 0,
    ]);
    return [
      entry.clockMs === undefined ? entry.timeMs : entry.clockMs - startOf(entry.life),
      laneNumber(laned[index]?.lane),
      texts.of(entry.operation),
      texts.of(entry.label),
      texts.of(entry.result === null ? '' : JSON.stringify(entry.result)),
      ways.of((laned[index]?.by ?? []).map(laneNumber).join(',')),
      frameLists.of(frames.join(',')),
      entry.observed === undefined ? NONE : texts.of(JSON.stringify(entry.observed, undefined, 2)),
      ...changes(entry.cells),
    ];
  });
  const prepared = (result.prepared ?? []).flatMap((file) => foundOf(file, texts));
  const crashes = result.crashes.map((crash) => ({
    found: crash.found.flatMap((file) => foundOf(file, texts)),
    cells: changes(crash.cells),
    lost: worded(crash, 'lost'),
    kept: worded(crash, 'survived'),
  }));
  const sources = (result.sources ?? []).map((excerpt) => excerptOf(excerpt, texts));
  const story = storyOf(result, texts);
  return {
    prepared,
    lanes,
    texts: texts.all(),
    cells: cells.all().map(cellIn),
    ways: ways.all().map(numbersIn),
    lives: firstRows,
    clocks: [...starts.values()],
    frames: frameLists.all().map(numbersIn),
    crashes,
    sources,
    story,
    rows,
  };
};
