/**
 * The source compiled once, and variants of it: each a tree of its own on disk, with some files patched. A variant
 * shares the simulator, which no sabotage touches, with all others.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { type Sabotage, type SourceTexts, sabotaged } from '../../properties/sabotage/sabotage.js';
import { ROOT, readSources } from '../sources.js';

const compile = (path: string, text: string): string =>
  ts.transpileModule(text, {
    fileName: path,
    compilerOptions: {
      // Stories name places in the source, not in what was made of it.
      inlineSourceMap: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  }).outputText;

const isProgram = (path: string): boolean => !/\.test\.ts$|\/fixtures\//.test(path);

export interface Trees {
  readonly sources: SourceTexts;
  /** Makes the tree of a variant, or of the unpatched source; returns its directory. @throws PatchError */
  make(sabotage?: Sabotage): string;
  remove(directory: string): void;
  /** Removes everything. */
  dispose(): void;
}

/** Compiles the source. Takes a few seconds, and some MB in the system's directory for temporary files. */
export const compileTrees = (): Trees => {
  const sources = readSources(['src', 'sim', 'properties']);
  const root = mkdtempSync(join(tmpdir(), 'powercut-sabotage-'));
  const base = join(root, 'base');
  const write = (tree: string, path: string, text: string): void => {
    const target = join(tree, path.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, compile(path, text));
  };
  for (const [path, text] of sources) if (isProgram(path)) write(base, path, text);
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'), 'dir');
  let made = 0;
  return {
    sources,
    make: (sabotage) => {
      const patched = sabotage === undefined ? [] : [...sabotaged(sources, sabotage)];
      const tree = join(root, `variant-${++made}`);
      for (const room of ['src', 'properties'])
        cpSync(join(base, room), join(tree, room), { recursive: true });
      symlinkSync(join(base, 'sim'), join(tree, 'sim'), 'dir');
      for (const [path, text] of patched) write(tree, path, text);
      return tree;
    },
    remove: (directory) => rmSync(directory, { recursive: true, force: true }),
    dispose: () => rmSync(root, { recursive: true, force: true }),
  };
};
