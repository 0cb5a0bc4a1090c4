/** The outcome of a gallery run: lines for people, and plain data. */
import type { Sabotage, SourceTexts } from '../../properties/sabotage/sabotage.js';
import type { Fate } from './run.js';

export interface Entry {
  readonly sabotage: Sabotage;
  readonly fate: Fate;
}

export interface Summary {
  readonly planted: number;
  readonly killed: number;
  /** Seconds of processor time until the kill. */
  readonly medianSeconds: number;
  readonly slowestSeconds: number;
  /** What is wrong with the tool or the gallery, one sentence each. Empty: all is well. */
  readonly complaints: readonly string[];
}

const secondsOf = (entries: readonly Entry[]): readonly number[] =>
  entries
    .flatMap(({ fate }) => (fate.kind === 'killed' ? [total(fate.attacks, 'seconds')] : []))
    .sort((a, b) => a - b);

const total = <Key extends string>(items: readonly Readonly<Record<Key, number>>[], key: Key): number =>
  items.reduce((sum, item) => sum + item[key], 0);

const complaintAbout = ({ sabotage: { name, survives }, fate }: Entry): readonly string[] => {
  switch (fate.kind) {
    case 'killed':
      return survives === undefined
        ? []
        : [`'${name}' was killed, though the gallery says that nothing can: ${survives}`];
    case 'survived':
      return survives === undefined ? [`'${name}' survived, and nobody has explained why`] : [];
    case 'failed':
      return [`'${name}' could not be explored: ${fate.why}`];
  }
};

export const summaryOf = (entries: readonly Entry[]): Summary => {
  const seconds = secondsOf(entries);
  return {
    planted: entries.length,
    killed: seconds.length,
    medianSeconds: seconds[Math.floor(seconds.length / 2)] ?? 0,
    slowestSeconds: seconds.at(-1) ?? 0,
    complaints: entries.flatMap(complaintAbout),
  };
};

/** A sabotage that nothing killed: a redundant line, or a hole in the invariants. */
export interface Survivor {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** Absent if it is unexplained. */
  readonly explanation?: string;
}

export const survivorsOf = (entries: readonly Entry[], sources: SourceTexts): readonly Survivor[] =>
  entries.flatMap(({ sabotage: { name, patches, survives }, fate }) => {
    const [patch] = patches;
    if (fate.kind !== 'survived' || patch === undefined) return [];
    const before = sources.get(patch.file)?.split(patch.find)[0] ?? '';
    const line = before.split('\n').length;
    return [{ name, file: patch.file, line, ...(survives === undefined ? {} : { explanation: survives }) }];
  });

const STORY_LINES_MAX = 12;

/** The end of a story shows the failure; its beginning, the commands. */
const shortened = (story: string): string => {
  const lines = story.split('\n');
  if (lines.length <= STORY_LINES_MAX) return story;
  const half = STORY_LINES_MAX / 2;
  return [...lines.slice(0, half), `… ${lines.length - 2 * half} more lines …`, ...lines.slice(-half)].join(
    '\n',
  );
};

const indented = (text: string): string => text.replace(/^/gm, '      ');

/** One sabotage, in a few lines. */
export const described = ({ sabotage, fate }: Entry): string => {
  switch (fate.kind) {
    case 'killed': {
      const { suite, violation } = fate.by;
      const seconds = total(fate.attacks, 'seconds').toFixed(2);
      const effort = `${total(fate.attacks, 'images')} images, ${total(fate.attacks, 'runs')} random runs, ${seconds} s`;
      const size = `${violation?.commands} commands, ${violation?.crashes} power cuts`;
      return [
        `killed    ${sabotage.name}`,
        `    by ${violation?.invariant} of ${suite}, after ${effort}; in ${size}:`,
        indented(shortened(violation?.story ?? violation?.message ?? '')),
      ].join('\n');
    }
    case 'survived':
      return [
        `survived  ${sabotage.name}`,
        `    ${sabotage.survives ?? 'UNEXPLAINED'} (${fate.attacks.map(({ suite, images, runs }) => `${suite}: ${images} images, ${runs} random runs`).join('; ')})`,
      ].join('\n');
    case 'failed':
      return `FAILED    ${sabotage.name}\n    ${fate.why}`;
  }
};
