/**
 * Origins: the files that caused a call, also where its caller waited, queued or set a timer in between, which the stack no
 * longer shows. Slow, as it looks at the stack whenever a promise is made: for replays that are shown.
 *
 * A call that several callers share has the origin of the first.
 */
import { createHook, executionAsyncResource } from 'node:async_hooks';
import { findSourceMap } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isOutside, placeOf } from './call-site.js';

const FRAMES = 32;
/** Files of one origin: more than a program has layers. */
const FILES_MAX = 32;

/** A position in a file as it runs. */
interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** 'path:line' in the source that people wrote, of a position in a file that was compiled from one. Line 0: not known. */
const sourceOf = ({ file, line, column }: Position): string => {
  const url = file.startsWith('file:') ? file : pathToFileURL(file).href;
  const map = findSourceMap(url);
  const { sources = [] } = map?.payload ?? {};
  const [source] = sources;
  const isOne = source !== undefined && sources.length === 1 && URL.canParse(source, url);
  const found = isOne ? new URL(source, url).href : url;
  const path = found.startsWith('file:') ? fileURLToPath(found) : file;
  if (map === undefined) return `${path}:${/\.[cm]?tsx?$/.test(path) ? 0 : line}`;
  const entry = map.findEntry(line - 1, column - 1);
  return `${path}:${'originalLine' in entry ? entry.originalLine + 1 : 0}`;
};

/**
 * Places outwards as 'path:line', the innermost first, one of each file: its innermost line, where the file is met furthest
 * outwards.
 */
export type Origin = readonly string[];

/** What two places in one file have in common. */
const fileOf = (place: string): string => placeOf(place)?.file ?? place;

export class Origins {
  private readonly of = new WeakMap<object, Origin>();
  private readonly sources = new Map<string, string | undefined>();
  private base: Origin | undefined;
  private readonly hook = createHook({
    init: (_id, type, _trigger, resource) => {
      if (type === 'PROMISE') this.of.set(resource, this.here());
    },
  });

  /** Runs `act`, and follows the promises that are made meanwhile. */
  async following<T>(act: () => Promise<T>): Promise<T> {
    this.hook.enable();
    try {
      return await act();
    } finally {
      this.hook.disable();
    }
  }

  /** The origin of the caller. */
  here(): Origin {
    const places = new Map<string, string>();
    const add = (place: string): void => {
      const file = fileOf(place);
      const known = places.get(file) ?? place;
      places.delete(file);
      places.set(file, known);
    };
    for (const position of framesNow()) {
      const source = this.program(position);
      if (source !== undefined) add(source);
    }
    for (const place of this.base ?? this.of.get(executionAsyncResource()) ?? []) add(place);
    return [...places.values()].slice(-FILES_MAX);
  }

  /** Calls `act`, a function that waited to be called, on behalf of `origin`. */
  run<T>(origin: Origin, act: () => T): T {
    const before = this.base;
    this.base = origin;
    try {
      return act();
    } finally {
      this.base = before;
    }
  }

  /** The source of a position, where it is the program's. */
  private program(position: Position): string | undefined {
    const key = `${position.file}:${position.line}:${position.column}`;
    if (!this.sources.has(key))
      this.sources.set(key, isOutside(position.file) ? sourceOf(position) : undefined);
    return this.sources.get(key);
  }
}

/** The frames on the stack that are no part of the runtime. */
const framesNow = (): readonly Position[] => {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.stackTraceLimit = FRAMES;
  Error.prepareStackTrace = (_error, frames) => frames;
  // What the function above made of it, unless the program keeps errors from having stacks.
  const frames: unknown = new Error().stack;
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  if (!Array.isArray(frames)) return [];
  return frames.flatMap((frame: NodeJS.CallSite) => {
    const file = frame.getFileName();
    if (file === null || file === undefined || /^node:/.test(file)) return [];
    return [{ file, line: frame.getLineNumber() ?? 0, column: frame.getColumnNumber() ?? 0 }];
  });
};
