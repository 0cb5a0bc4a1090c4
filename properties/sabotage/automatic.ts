/**
 * Sabotages made by scanning the source: each sync ignored in turn, and each sync swapped with the call right before
 * it. So a new sync gets its sabotages without an entry in the gallery.
 */
import { explained } from './equivalent-mutants.js';
import type { Sabotage, SourceTexts } from './sabotage.js';

/** A statement that is nothing but a sync: of a file, its data, a directory, or the way to one. */
const SYNC =
  /^(\s*)(?:(?:else )?if \(.*\) )?await (?:[\w.?#]+\.(?:sync|datasync)\(\)|sync(?:Directory|Ancestors)\(.*\));$/;
/** A statement on one line that waits for something and keeps nothing of it. */
const AWAITED = /^(\s*)await .*;$/;

/** Which suites have a say in a file. */
const SUITES: readonly (readonly [prefix: string, suites: readonly string[]])[] = [
  [
    'src/event-store/maintenance/repair-log.ts',
    ['repaired-logs/damage-amid-events', 'repaired-logs/damage-at-the-end'],
  ],
  ['src/event-store/log/seal-segment.ts', ['sealed-segments', 'production']],
  ['src/event-store/', ['failing-syncs', 'checkpointed-feeder', 'sealed-segments']],
  ['src/read-models/', ['state-files']],
  ['src/designs/clean-shutdown-marker.ts', ['rebuild-on-dirty-start']],
  ['src/', ['checkpointed-feeder', 'atomic-batches']],
];

const suitesFor = (file: string): readonly string[] =>
  SUITES.find(([prefix]) => file.startsWith(prefix))?.[1] ?? [];

/** The lines from `start` to before `end`, with as many lines before them as it takes to stand only once in the text. */
const unique = (
  lines: readonly string[],
  start: number,
  end: number,
): readonly [context: string, own: string] => {
  const text = lines.join('\n');
  const own = lines.slice(start, end).join('\n');
  for (let from = start; from >= 0; from--) {
    const context = lines
      .slice(from, start)
      .map((line) => `${line}\n`)
      .join('');
    if (text.split(context + own).length === 2) return [context, own];
  }
  return ['', own];
};

const sabotageOf = (
  file: string,
  name: string,
  lines: readonly string[],
  replace: readonly string[],
  at: number,
): Sabotage => {
  const [context, own] = unique(lines, at, at + replace.length);
  const survives = explained[name];
  return {
    name,
    row: 'automatic',
    patches: [{ file, find: context + own, replace: context + replace.join('\n') }],
    suites: suitesFor(file),
    killedBy: [],
    ...(survives === undefined ? {} : { survives }),
  };
};

const inFile = (file: string, text: string): readonly Sabotage[] => {
  const lines = text.split('\n');
  const found: Sabotage[] = [];
  lines.forEach((line, at) => {
    const indentation = SYNC.exec(line)?.[1];
    if (indentation === undefined) return;
    const what = line.trim().replace(/^await |;$/g, '');
    const where = `${file.replace(/^src\//, '')}: ${what}`;
    // A name that a line number is part of would change with every edit above it.
    const times = lines.slice(0, at).filter((other) => other.trim() === line.trim()).length;
    const name = times === 0 ? where : `${where} (${times + 1})`;
    found.push(sabotageOf(file, `${name}, ignored`, lines, [`${indentation};`], at));
    const before = lines[at - 1];
    if (before !== undefined && AWAITED.exec(before)?.[1] === indentation) {
      found.push(sabotageOf(file, `${name}, swapped with the call before it`, lines, [line, before], at - 1));
    }
  });
  return found;
};

/** Every sync of `src`, ignored and swapped. */
export const automaticSabotages = (sources: SourceTexts): readonly Sabotage[] =>
  [...sources]
    .filter(([file]) => file.startsWith('src/') && !/\.test\.ts$|\/testing\//.test(file))
    .flatMap(([file, text]) => inFile(file, text));
