/** The pages of the site, in reading order. A document that stands in no group fails the build. */

import { INVARIANT_TEXTS } from './invariant-texts.js';

export interface Entry {
  /** From the root of the project. */
  readonly path: string;
  /** In the list of pages. Default: the title of the page. */
  readonly label?: string;
}

export interface Group {
  readonly title: string;
  readonly entries: readonly Entry[];
}

export const HOME = 'docs/README.md';

const pages = (folder: string, names: readonly string[]): readonly Entry[] =>
  names.map((name) => ({ path: `${folder}/${name}.md` }));

export const NAVIGATION: readonly Group[] = [
  {
    title: 'Start',
    entries: [
      { path: HOME, label: 'Powercut' },
      { path: 'docs/tutorial/README.md' },
      ...pages('docs/tutorial', ['first-failure', 'your-own-suite', 'mend', 'vitest', 'ci']),
    ],
  },
  {
    title: 'How to',
    entries: [
      ...pages('docs', ['your-own-system']),
      ...pages('docs/how-to', [
        'vitest',
        'ci',
        'campaigns',
        'recipes',
        'package-author',
        'node-fs',
        'module-state',
      ]),
      ...pages('docs', ['sqlite', 'event-store', 'delivery', 'failures', 'history']),
      ...pages('docs/how-to', ['debug', 'false-alarm', 'missed-bug']),
    ],
  },
  {
    title: 'Invariants',
    entries: [
      { path: 'docs/invariants/README.md', label: 'All invariants' },
      ...pages('docs/invariants', Object.keys(INVARIANT_TEXTS)),
    ],
  },
  {
    title: 'Background',
    entries: pages('docs', [
      'crash-model',
      'guarantees',
      'strategies',
      'design',
      'scale',
      'scenarios',
      'packages',
    ]),
  },
  {
    title: 'Reference',
    entries: [
      ...pages('docs/reference', ['command-line', 'config', 'suite', 'vitest', 'machine']),
      ...pages('docs', ['verdicts', 'platforms']),
      { path: 'api/README.md', label: 'API' },
      { path: 'CHANGELOG.md' },
    ],
  },
  { title: 'Help', entries: pages('docs', ['troubleshooting', 'faq', 'glossary']) },
];

/** Every entry, in reading order. */
export const ENTRIES: readonly Entry[] = NAVIGATION.flatMap(({ entries }) => entries);
