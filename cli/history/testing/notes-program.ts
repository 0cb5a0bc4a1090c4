/** A small program whose bugs can be switched on and off, as the text of its files at one commit. For tests of the history. */

export interface Notes {
  /** Adding a note does not sync its bytes. */
  readonly forgetsBytes?: boolean;
  /** Adding a note does not sync the directory. */
  readonly forgetsName?: boolean;
  /** Publishing renames an index whose bytes are not synced. */
  readonly forgetsIndex?: boolean;
  /** It does not start. */
  readonly doesNotStart?: boolean;
  /** Comment lines above and inside of each function. */
  readonly lines?: number;
  /** It has a function that it does not use. */
  readonly hasMore?: boolean;
}

/** The text of `notes.mjs`. */
export const notesProgram = (notes: Notes): string => {
  const { forgetsBytes, forgetsName, forgetsIndex, doesNotStart, lines = 0, hasMore } = notes;
  const gap = '// A line.\n'.repeat(lines);
  return `${gap}const syncDirectory = async (fs) => {
${gap}  const handle = await fs.open('/', 'r');
  await handle.sync();
  await handle.close();
};
${hasMore === true ? `export const count = (notes) => notes.length;\n` : ''}
const read = (fs, path) => fs.readFile(path, 'utf8').catch(() => '');

${gap}export const openNotes = async (fs) => {
  ${doesNotStart === true ? `throw new Error('half an edit');` : ''}
  let notes = (await read(fs, '/notes')).split('\\n').slice(0, -1);
  const add = async (note) => {
    const handle = await fs.open('/notes', 'a');
${gap}    await handle.write(note + '\\n');
    ${forgetsBytes === true ? '' : 'await handle.sync();'}
    await handle.close();
    ${forgetsName === true ? '' : 'await syncDirectory(fs);'}
    notes = [...notes, note];
  };
  const publish = async () => {
${gap}    const handle = await fs.open('/index.tmp', 'w');
    await handle.write(JSON.stringify(notes));
    ${forgetsIndex === true ? '' : 'await handle.sync();'}
    await handle.close();
    await fs.rename('/index.tmp', '/index');
    await syncDirectory(fs);
  };
  return { add, publish, notes: () => notes, index: () => read(fs, '/index') };
};
`;
};

/** The text of `notes.suite.mjs`, given the URL of what exports 'defineSuite' and 'fc'. */
export const notesSuite = (library: string): string => `import { defineSuite, fc } from '${library}';
import { openNotes } from './notes.mjs';

const added = (history) =>
  history.commands.filter(({ command, outcome }) => command.type === 'add' && outcome.status === 'acknowledged');

export default defineSuite({
  name: 'notes',
  boot: (env) => openNotes(env.fs),
  commands: fc.array(
    fc.oneof(
      fc.record({ type: fc.constant('add'), note: fc.constantFrom('milk', 'tea', 'bread') }),
      fc.constant({ type: 'publish' }),
    ),
    { minLength: 1, maxLength: 4 },
  ),
  perform: (notes, command) => (command.type === 'add' ? notes.add(command.note) : notes.publish()),
  invariants: [
    {
      name: 'notes survive',
      statement: 'Every acknowledged note is there.',
      check: (history, system) => {
        const [there, wanted] = [system.notes().length, added(history).length];
        return there >= wanted ? undefined : wanted + ' notes were acknowledged, ' + there + ' are there.';
      },
    },
    {
      name: 'the index is whole',
      statement: 'The index, where there is one, is JSON.',
      check: async (history, system) => {
        const published = history.commands.some(
          ({ command, outcome }) => command.type === 'publish' && outcome.status === 'acknowledged',
        );
        const text = await system.index();
        if (text === '' && !published) return undefined;
        try {
          JSON.parse(text);
        } catch {
          return 'The index is no JSON.';
        }
      },
    },
  ],
});
`;
