/** The lines of source around the frames of a run, read from the real disk: what a page needs to show where a call was made. */
import { readFileSync } from 'node:fs';
import type { Frame, SourceExcerpt } from '../result/result.js';

/** Lines shown above and below each. */
const AROUND = 4;
const LINE_CHARACTERS_MAX = 240;
/** Of a trace with frames in more files, the first ones. */
const FILES_MAX = 64;

/** The lines of a file; undefined where it is not there, as the sources of many packages are not. */
const linesOf = (file: string): readonly string[] | undefined => {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/);
  } catch {
    return undefined; // A frame without its source shows its place only.
  }
};

const shortened = (line: string): string =>
  line.length > LINE_CHARACTERS_MAX ? `${line.slice(0, LINE_CHARACTERS_MAX)}…` : line;

/** Numbers of lines from 1, sorted, as stretches without a gap. */
const stretchesOf = (numbers: Iterable<number>): readonly (readonly number[])[] => {
  const stretches: number[][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = stretches.at(-1);
    if (last?.at(-1) === number - 1) last.push(number);
    else stretches.push([number]);
  }
  return stretches;
};

/** Cost: reads each file once. */
export const excerptsOf = (frames: readonly Frame[]): readonly SourceExcerpt[] => {
  const wanted = new Map<string, Set<number>>();
  for (const { file, line } of frames) {
    const numbers = wanted.get(file) ?? new Set();
    if (!wanted.has(file) && wanted.size === FILES_MAX) continue;
    for (let number = Math.max(1, line - AROUND); number <= line + AROUND; number++) numbers.add(number);
    wanted.set(file, numbers);
  }
  return [...wanted].flatMap(([file, numbers]) => {
    const lines = linesOf(file);
    if (lines === undefined) return [];
    const there = [...numbers].filter((number) => number <= lines.length);
    return stretchesOf(there).map((stretch) => ({
      file,
      line: stretch[0] ?? 1,
      lines: stretch.map((number) => shortened(lines[number - 1] ?? '')),
    }));
  });
};
