/**
 * The code in the documents: what a reader copies must work, so it is taken out, compiled and run. The conventions:
 *
 * - ` ```ts ` is a program of its own. With `title="counter.suite.ts"` it is a file that other snippets may use.
 * - ` ```sh ` holds commands, one a line, run in order in a project that has the files of the same document.
 *   A comment at the end, `# exit code 1`, says how the command ends where that is not 0.
 * - Anything else (` ```text `, ` ```json `, ...) is shown, not run.
 */

export interface Snippet {
  readonly document: string;
  /** Of the fence that opens it, from 1. */
  readonly line: number;
  readonly language: string;
  readonly title: string | undefined;
  readonly text: string;
}

const FENCE = /^( *)```([\w-]*)(.*)$/;
const TITLE = /title="([^"]+)"/;

/** The fenced blocks of a Markdown document, in order. @throws Error when the last one is not closed */
export const snippetsOf = (document: string, markdown: string): readonly Snippet[] => {
  const snippets: Snippet[] = [];
  let open: { snippet: Omit<Snippet, 'text'>; indent: number; lines: string[] } | undefined;
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = FENCE.exec(line);
    if (open !== undefined && line.trim() === '```') {
      snippets.push({ ...open.snippet, text: `${open.lines.join('\n')}\n` });
      open = undefined;
    } else if (open !== undefined) {
      open.lines.push(line.slice(open.indent));
    } else if (fence !== null) {
      const [, indent = '', language = '', rest = ''] = fence;
      const title = TITLE.exec(rest)?.[1];
      open = { snippet: { document, line: index + 1, language, title }, indent: indent.length, lines: [] };
    }
  }
  if (open !== undefined) throw new Error(`${document}:${open.snippet.line}: the fence is never closed`);
  return snippets;
};

export interface Command {
  readonly line: string;
  readonly exitCode: number;
}

/** The commands of a shell snippet; a line that ends in a backslash goes on in the next. */
export const commandsOf = (text: string): readonly Command[] =>
  text
    .replaceAll(/\s*\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ line, exitCode: Number(/#.*\bexit code (\d+)/.exec(line)?.[1] ?? 0) }));
