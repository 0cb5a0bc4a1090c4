/**
 * A debugger as editors are one: it starts a program halted, maps lines of the source that people wrote to the code that
 * runs by that code's source map, and sets breakpoints before the code runs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { SourceMap, type SourceMapPayload } from 'node:module';
import type { Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { WebSocket } from 'ws';

type Params = Readonly<Record<string, unknown>>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params: Params;
  readonly result?: Params;
  readonly error?: { readonly message: string };
}

/** In code that runs, counted from zero as the protocol does. */
interface Place {
  readonly lineNumber: number;
  readonly columnNumber: number;
}

interface CallFrame {
  readonly callFrameId: string;
  readonly location: Place & { readonly scriptId: string };
}

interface Paused {
  readonly reason: string;
  readonly data?: { readonly scriptId: string; readonly url: string; readonly sourceMapURL: string };
  readonly callFrames: readonly CallFrame[];
}

interface Script {
  readonly url: string;
  readonly code: string;
  readonly map: SourceMap;
}

export interface Breakpoint {
  readonly file: string;
  /** Counted from one, in the source as it was written. */
  readonly line: number;
  /** What to look at whenever the program stops there. */
  readonly expression: string;
}

export interface Stop extends Breakpoint {
  readonly value: unknown;
}

export interface Debugged {
  /** Each place where the program stopped, by the source map of the code it stopped in. */
  readonly stops: readonly Stop[];
  readonly code: number | null;
  readonly out: string;
}

/** The debugger's end of the wire: asks, and hears what happens. */
const connect = async (url: string, heard: (method: string, params: Params) => void) => {
  const socket = new WebSocket(url);
  const waiting = new Map<number, (message: Message) => void>();
  let asked = 0;
  socket.on('message', (data) => {
    // Messages of the protocol: the answer to a request, or an event.
    const message = JSON.parse(String(data)) as Message;
    if (message.method !== undefined) heard(message.method, message.params);
    else waiting.get(message.id ?? 0)?.(message);
  });
  await once(socket, 'open');
  return {
    ask: (method: string, params: Params = {}): Promise<Params> =>
      new Promise((resolve, reject) => {
        asked += 1;
        waiting.set(asked, ({ result, error }) =>
          error === undefined ? resolve(result ?? {}) : reject(new Error(`${method}: ${error.message}`)),
        );
        socket.send(JSON.stringify({ id: asked, method, params }));
      }),
    close: () => socket.close(),
  };
};

/** tsx puts the map into the code itself. */
const mapIn = (url: string): SourceMap => {
  const packed = /^data:application\/json[^,]*;base64,(.*)$/.exec(url)?.[1] ?? '';
  return new SourceMap(JSON.parse(Buffer.from(packed, 'base64').toString('utf8')) as SourceMapPayload);
};

/** Where the code of a line of the source begins in what runs. */
const placeInCode = ({ map, code, url }: Script, line: number): Place => {
  for (const [lineNumber, text] of code.split('\n').entries()) {
    for (let columnNumber = 0; columnNumber < text.length; columnNumber++) {
      const entry = map.findEntry(lineNumber, columnNumber);
      if ('originalLine' in entry && entry.originalLine === line - 1) return { lineNumber, columnNumber };
    }
  }
  throw new Error(`Line ${line} of ${url} has no code.`);
};

const lineInSource = ({ map }: Script, { lineNumber, columnNumber }: Place): number => {
  const entry = map.findEntry(lineNumber, columnNumber);
  return 'originalLine' in entry ? entry.originalLine + 1 : 0;
};

/** The id in the protocol's event of a new context. */
const contextIn = ({ context }: Params): unknown => (context as { readonly id: number }).id;

const addressIn = async (stderr: Readable): Promise<string> => {
  let text = '';
  for await (const part of stderr.iterator({ destroyOnReturn: false })) {
    text += String(part);
    const found = /ws:\/\/\S+/.exec(text)?.[0];
    if (found !== undefined) return found;
  }
  throw new Error(`No debugger is listened for: ${text}`);
};

const REQUEST_MS = 2;

/** Runs node with these words under a debugger that has one breakpoint, until it ends by itself. */
export const debug = async (words: readonly string[], breakpoint: Breakpoint): Promise<Debugged> => {
  const child = spawn(process.execPath, ['--inspect-brk=127.0.0.1:0', ...words]);
  const ended = once(child, 'close');
  let out = '';
  child.stdout.on('data', (part) => {
    out += String(part);
  });
  const stops: Stop[] = [];
  const scripts = new Map<string, Script>();
  const url = pathToFileURL(breakpoint.file).href;

  const setBreakpoint = async (scriptId: string, mapUrl: string): Promise<void> => {
    const { scriptSource } = await wire.ask('Debugger.getScriptSource', { scriptId });
    const script = { url, code: String(scriptSource), map: mapIn(mapUrl) };
    scripts.set(scriptId, script);
    await wire.ask('Debugger.setBreakpoint', {
      location: { scriptId, ...placeInCode(script, breakpoint.line) },
    });
  };

  const look = async ({ callFrameId, location }: CallFrame): Promise<void> => {
    const script = scripts.get(location.scriptId);
    if (script === undefined) return;
    const { expression } = breakpoint;
    const { result } = await wire.ask('Debugger.evaluateOnCallFrame', {
      callFrameId,
      expression,
      returnByValue: true,
    });
    // The protocol's RemoteObject.
    const { value } = result as { readonly value: unknown };
    stops.push({ file: fileURLToPath(script.url), line: lineInSource(script, location), expression, value });
  };

  const paused = async ({ reason, data, callFrames }: Paused): Promise<void> => {
    if (reason === 'instrumentation' && data?.url === url)
      await setBreakpoint(data.scriptId, data.sourceMapURL);
    const [frame] = callFrames;
    if (reason !== 'instrumentation' && frame !== undefined) await look(frame);
    await wire.ask('Debugger.resume');
  };

  let fail = (_reason: unknown): void => undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  let mainContext: unknown;
  const wire = await connect(await addressIn(child.stderr), (method, params) => {
    // The protocol's parameters of this event.
    if (method === 'Debugger.paused') paused(params as unknown as Paused).catch(fail);
    // The first context is the program's own. The contexts of node:vm come later, and can end at any time.
    if (method === 'Runtime.executionContextCreated') mainContext ??= contextIn(params);
    // The program has ended and waits for the debugger to disconnect.
    if (method === 'Runtime.executionContextDestroyed' && params.executionContextId === mainContext)
      wire.close();
  });
  await wire.ask('Runtime.enable');
  await wire.ask('Debugger.enable');
  await wire.ask('Debugger.setInstrumentationBreakpoint', {
    instrumentation: 'beforeScriptWithSourceMapExecution',
  });
  await wire.ask('Runtime.runIfWaitingForDebugger');
  // What is sent acknowledges what was received. Else each event waits for TCP's delayed acknowledgement: 40 ms for each script.
  const requests = setInterval(
    () => void wire.ask('Runtime.getIsolateId').catch(() => undefined),
    REQUEST_MS,
  );
  try {
    const [code] = await Promise.race([ended, failed]);
    return { stops, code, out };
  } finally {
    clearInterval(requests);
    child.kill();
  }
};
