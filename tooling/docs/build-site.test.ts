import { beforeAll, describe, expect, it } from 'vitest';
import { type Built, buildPages, pathInSite, projectDocuments } from './build-site.js';

/** The API reference takes 10 s to make: here it is one page, and links into it are not checked. */
const API = { path: 'api/README.md', markdown: '# API\n' };
const isOfTheApi = (fault: string): boolean => fault.includes('api/');

describe('pathInSite', () => {
  it.each([
    ['docs/README.md', 'index.html'],
    ['docs/verdicts.md', 'verdicts.html'],
    ['docs/invariants/README.md', 'invariants/index.html'],
    ['CHANGELOG.md', 'changelog.html'],
    ['api/store/README.md', 'api/store/index.html'],
  ])('%s becomes %s', (path, inSite) => {
    expect(pathInSite(path)).toBe(inSite);
  });
});

describe('buildPages', () => {
  let built: Built;
  const text = (path: string): string => String(built.site.get(path));

  beforeAll(async () => {
    built = await buildPages([...projectDocuments(), API]);
  });

  it('makes a page of every document, without a broken link', () => {
    expect(built.faults.filter((fault) => !isOfTheApi(fault))).toEqual([]);
    for (const { path } of projectDocuments()) expect(built.site.has(pathInSite(path))).toBe(true);
  });

  it('loads nothing from the network', () => {
    const pages = [...built.site].filter(([path]) => /\.(html|css)$/.test(path));
    const loads = /(?:src=|<link [^>]*href=|url\(|@import )["']?(?:https?:)?\/\//;
    expect(pages.filter(([, content]) => loads.test(String(content))).map(([path]) => path)).toEqual([]);
  });

  it('links files outside of docs to the repository', () => {
    expect(text('verdicts.html')).toContain(
      'https://github.com/powercut/powercut/edit/main/docs/verdicts.md',
    );
  });

  it('marks the current page, and its neighbours', () => {
    expect(text('verdicts.html')).toContain('<a href="verdicts.html" aria-current="page">');
    expect(text('verdicts.html')).toMatch(/class="previous".*class="next"/);
  });
});

describe('buildPages: faults', () => {
  const faultsWith = async (markdown: string): Promise<readonly string[]> => {
    const documents = [
      { path: 'docs/glossary.md', markdown },
      { path: 'docs/verdicts.md', markdown: '# Verdicts\n' },
    ];
    const { faults } = await buildPages(documents);
    return faults.filter((fault) => /^(docs\/)?glossary/.test(fault) && /none/.test(fault));
  };

  it('names a link to a file that is missing', async () => {
    expect(await faultsWith('# Glossary\n\n[a](none.md)\n')).toEqual([
      'docs/glossary.md: link to none.md: there is no file docs/none.md',
    ]);
  });

  it('names a link to an anchor that is missing', async () => {
    expect(await faultsWith('# Glossary\n\n[a](verdicts.md#none)\n')).toEqual([
      'glossary.html: link to verdicts.html#none: verdicts.html has no anchor "none"',
    ]);
  });

  it('names a document that the navigation lacks', async () => {
    const { faults } = await buildPages([{ path: 'docs/odd.md', markdown: '# Odd\n' }]);
    expect(faults).toContain('docs/odd.md stands in no group of tooling/docs/navigation.ts');
  });
});
