/** What the main thread is executing right now, seen from another thread: also while it is in a loop that never ends. */
import { type Debugger, Session } from 'node:inspector';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';

/** A main thread that is in a system call answers no debugger. */
const PATIENCE_MS = 1_000;
const FRAMES_MAX = 12;

const INLINE_MAP = /^data:application\/json[^,]*;base64,(.*)$/;

interface Script {
  readonly url: string;
  readonly sourceMapURL: string | undefined;
}

/** Line and column from one, in the source that people wrote, where the code carries its map. */
const placeOf = ({ url, sourceMapURL }: Script, line: number, column: number): string => {
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  const [, packed] = INLINE_MAP.exec(sourceMapURL ?? '') ?? [];
  if (packed === undefined) return `${path}:${line + 1}:${column + 1}`;
  // The payload is the compiler's; `catch` below handles one that is no map.
  const payload = JSON.parse(Buffer.from(packed, 'base64').toString('utf8')) as SourceMapPayload;
  const entry = new SourceMap(payload).findEntry(line, column);
  return 'originalLine' in entry
    ? `${path}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
    : `${path}:${line + 1}:${column + 1}`;
};

const placeOrUrl = (script: Script, line: number, column: number): string => {
  try {
    return placeOf(script, line, column);
  } catch {
    return script.url; // a source map that can't be read takes the line away, not the frame
  }
};

const isInside = (url: string): boolean => url === '' || url.startsWith('node:');

const framesOf = (
  frames: readonly Debugger.CallFrame[],
  scripts: ReadonlyMap<string, Script>,
): readonly string[] =>
  frames
    .flatMap(({ functionName, location: { scriptId, lineNumber, columnNumber = 0 } }) => {
      const script = scripts.get(scriptId);
      if (script === undefined || isInside(script.url)) return [];
      return [`${functionName || '<anonymous>'} (${placeOrUrl(script, lineNumber, columnNumber)})`];
    })
    .slice(0, FRAMES_MAX);

/** The innermost frames, outside of Node's own code. Halts the main thread. Empty where it does not answer. */
export const stackOfMainThread = (): Promise<readonly string[]> =>
  new Promise((resolve) => {
    const scripts = new Map<string, Script>();
    const session = new Session();
    const giveUp = setTimeout(() => resolve([]), PATIENCE_MS);
    session.on('Debugger.scriptParsed', ({ params: { scriptId, url, sourceMapURL } }) =>
      scripts.set(scriptId, { url, sourceMapURL }),
    );
    session.on('Debugger.paused', ({ params: { callFrames } }) => {
      clearTimeout(giveUp);
      resolve(framesOf(callFrames, scripts));
    });
    session.connectToMainThread();
    session.post('Debugger.enable');
    session.post('Debugger.pause');
  });
