/** The API reference as Markdown, by TypeDoc: so it has the look of the other pages, and the search finds it. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { Application } from 'typedoc';
import { ROOT } from '../sources.js';
import type { Document } from './document.js';

/** Options of typedoc-plugin-markdown, which TypeDoc's own types do not know. */
const MARKDOWN_OPTIONS = {
  plugin: ['typedoc-plugin-markdown'],
  entryFileName: 'README',
  hidePageHeader: true,
  disableSources: true,
  useCodeBlocks: true,
  expandObjects: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'list',
  indexFormat: 'table',
  pageTitleTemplates: {
    index: 'API',
    module: '{name}',
    // Without its type parameters: the signature has them.
    member: ({ rawName }: { readonly rawName: string }) => rawName.replace(/<.*$/s, ''),
  },
  textContentMappings: { 'breadcrumbs.home': 'API' },
  readme: 'none',
};

/** Names of modules as users import them. */
const withImportNames = (markdown: string): string =>
  markdown
    .replaceAll(/<a id="[^"]*"><\/a> /g, '')
    .replace(/^# index$/m, '# powercut')
    .replace(/^# (node-fs|sqlite|store|vitest|vitest-reporter)$/m, '# powercut/$1')
    .replaceAll(/\[index\]\(/g, '[powercut](')
    .replaceAll(/\[(node-fs|sqlite|store|vitest|vitest-reporter)\]\(/g, '[powercut/$1](');

/**
 * Pages of the API reference. Takes some 10 s.
 * @throws Error an export has no docstring, or a docstring has a link that leads nowhere: TypeDoc has printed which
 */
export const apiDocuments = async (): Promise<readonly Document[]> => {
  const directory = await mkdtemp(join(tmpdir(), 'powercut-api-'));
  try {
    const options = { options: join(ROOT, 'typedoc.json'), logLevel: 'Warn' as const, ...MARKDOWN_OPTIONS };
    const application = await Application.bootstrapWithPlugins(options);
    const project = await application.convert();
    if (project === undefined) throw new Error('TypeDoc could not read the sources: see above.');
    application.validate(project);
    if (application.logger.hasErrors() || application.logger.hasWarnings())
      throw new Error('The API reference has faults: see above. Every export needs a docstring.');
    await application.outputs.writeOutput({ name: 'markdown', path: directory }, project);
    const names = (await readdir(directory, { recursive: true })).filter((name) => name.endsWith('.md'));
    return await Promise.all(
      names.sort().map(async (name) => ({
        path: `api/${name.split(sep).join('/')}`,
        markdown: withImportNames(await readFile(join(directory, name), 'utf8')),
      })),
    );
  } finally {
    await rm(directory, { recursive: true });
  }
};
