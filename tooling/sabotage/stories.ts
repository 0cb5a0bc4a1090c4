/**
 * The golden stories: how each sabotage of the gallery was caught, in Markdown files that people review as prose. One
 * file for each room, one section for each sabotage. Line numbers are left out: an edit above must not change a story.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROWS } from '../../properties/sabotage/known-incidents.js';
import { ROOT } from '../sources.js';
import type { Entry } from './report.js';

const DIRECTORY = 'properties/sabotage/stories';
const UPDATE = 'npm run sabotage -- --update-stories --without-twins';

/** The story of 'log: acknowledges without a sync' is in log.md, under its second half. */
const placeOf = (name: string): { readonly room: string; readonly title: string } => {
  const [room = '', ...rest] = name.split(': ');
  return { room, title: rest.join(': ') };
};

const head = (room: string): string =>
  `# What the sabotages of ${room} did\n\nWritten by \`${UPDATE}\`: what the explorer told of each, line numbers left out.\n`;

const withoutLines = (story: string): string => story.replace(/(\.[cm]?[jt]s):\d+(?=\)| through )/g, '$1');

/** Where it was found out, and the story; for a survivor why nothing can break. */
const sectionOf = ({ sabotage, fate }: Entry): string => {
  const { title } = placeOf(sabotage.name);
  const row = sabotage.row === 'automatic' ? '' : `Re-enacts: ${sabotage.row} (${ROWS[sabotage.row]}).\n\n`;
  const told =
    fate.kind === 'killed'
      ? `Caught by the suite \`${fate.by.suite}\`:\n\n\`\`\`text\n${withoutLines(fate.by.violation?.story ?? '')}\n\`\`\``
      : `Nothing breaks: ${sabotage.survives ?? 'nobody knows why'}`;
  return `## ${title}\n\n${row}${told}\n`;
};

const fileOf = (room: string): string => join(DIRECTORY, `${room.replaceAll(' ', '-')}.md`);

/** Title to section, in the order of the file. */
const sectionsIn = (room: string): Map<string, string> => {
  const path = join(ROOT, fileOf(room));
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const sections = text.split(/^(?=## )/m).slice(1);
  return new Map(
    sections.map((section) => [section.slice(3, section.indexOf('\n')), `${section.trimEnd()}\n`]),
  );
};

const hasStory = ({ sabotage, fate }: Entry): boolean =>
  sabotage.row !== 'automatic' && fate.kind !== 'failed';

/** Writes the story of a sabotage, and leaves those of others as they are. `order`: the names of the gallery. */
export const updateStory = (entry: Entry, order: readonly string[]): void => {
  if (!hasStory(entry)) return;
  const own = placeOf(entry.sabotage.name);
  const sections = sectionsIn(own.room).set(own.title, sectionOf(entry));
  // In the order of the gallery, and without those that it no longer has.
  const ordered = order.map(placeOf).flatMap(({ room, title }) => {
    const section = room === own.room ? sections.get(title) : undefined;
    return section === undefined ? [] : [section];
  });
  mkdirSync(join(ROOT, DIRECTORY), { recursive: true });
  writeFileSync(join(ROOT, fileOf(own.room)), [head(own.room), ...ordered].join('\n'));
};

/** One sentence for each story that is not the one in its file. */
export const staleStories = (entries: readonly Entry[]): readonly string[] =>
  entries.filter(hasStory).flatMap((entry) => {
    const { room, title } = placeOf(entry.sabotage.name);
    if (sectionsIn(room).get(title) === sectionOf(entry)) return [];
    return [
      `The story of '${entry.sabotage.name}' is not the one in ${fileOf(room)}. Read what it is now and, if it reads well, write it: ${UPDATE} --only '${entry.sabotage.name}'`,
    ];
  });
