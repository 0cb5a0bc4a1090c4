/** Opens a page in the browser of the machine. No shell takes part: a path can't become a command. */
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';

/** Opens a file. Resolves to why it could not be opened; undefined where a program took it. */
export type OpenInBrowser = (path: string) => Promise<string | undefined>;

/** The program that opens a URL, and its arguments. On Windows not `start`, which a shell would have to run. */
export const openerOf = (platform: NodeJS.Platform, url: string): readonly [string, readonly string[]] => {
  if (platform === 'darwin') return ['open', [url]];
  if (platform === 'win32') return ['rundll32.exe', ['url.dll,FileProtocolHandler', url]];
  return ['xdg-open', [url]];
};

export const openInBrowser: OpenInBrowser = (path) => {
  const [program, words] = openerOf(process.platform, pathToFileURL(path).href);
  return new Promise((resolve) => {
    const child = spawn(program, words, { stdio: 'ignore', detached: true, shell: false });
    child.once('error', (error) => resolve(error.message));
    child.once('spawn', () => {
      // The browser outlives the command.
      child.unref();
      resolve(undefined);
    });
  });
};
