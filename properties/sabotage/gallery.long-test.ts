/** A sabotage that uses a name which the source no longer has is killed by a ReferenceError: that tests nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { gallery } from './gallery/index.js';
import { type SourceTexts, sabotaged } from './sabotage.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Errors of a patched file about names: "Cannot find name", "Property does not exist", "Did you mean". */
const ABOUT_NAMES: ReadonlySet<number> = new Set([2304, 2339, 2551, 2552]);

const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile).config,
  ts.sys,
  ROOT,
);
const files = [...new Set(gallery.flatMap(({ patches }) => patches.map(({ file }) => file)))];
const sources: SourceTexts = new Map(files.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));

/** Path to the text of a patched file, and how often it was patched. */
const patched = new Map<string, { readonly text: string; readonly version: number }>();
let version = 0;

const service = ts.createLanguageService({
  getCompilationSettings: () => ({ ...options, noEmit: true }),
  getScriptFileNames: () => files.map((file) => join(ROOT, file)),
  getScriptVersion: (path) => String(patched.get(path)?.version ?? 0),
  getScriptSnapshot: (path) => {
    const text = patched.get(path)?.text ?? ts.sys.readFile(path);
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
  },
  getCurrentDirectory: () => ROOT,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: ts.sys.fileExists,
  readFile: ts.sys.readFile,
  readDirectory: ts.sys.readDirectory,
});

test.each(gallery.map((sabotage) => [sabotage.name, sabotage] as const))(
  'sabotaged: %s uses only names that the source has',
  (_, sabotage) => {
    const changed = [...sabotaged(sources, sabotage)].map(
      ([file, text]) => [join(ROOT, file), text] as const,
    );
    version++;
    for (const [path, text] of changed) patched.set(path, { text, version });
    const unknown = changed
      .flatMap(([path]) => [
        ...service.getSyntacticDiagnostics(path),
        ...service.getSemanticDiagnostics(path).filter(({ code }) => ABOUT_NAMES.has(code)),
      ])
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    for (const [path] of changed) patched.delete(path);
    expect(unknown).toEqual([]);
  },
  60_000,
);
