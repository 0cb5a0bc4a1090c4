/**
 * Origins: by way of whom a call came about, also where its caller waited, queued or set a timer in between, which the
 * stack no longer shows. Slow, as it looks at the stack whenever a promise is made: for replays that are shown.
 *
 * A program that shares one call among several askers has it called by the one that came first.
 */
import { createHook, executionAsyncResource } from 'node:async_hooks';
import { findSourceMap } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isOutside } from './call-site.js';

const FRAMES = 32;
/** Files of one origin: more than a program has layers. */
const FILES_MAX = 32;

/** The source that people wrote, of a file that was compiled from one. */
const sourceOf = (file: string): string => {
  const url = file.startsWith('file:') ? file : pathToFileURL(file).href;
  const { sources = [] } = findSourceMap(url)?.payload ?? {};
  const [source] = sources;
  const isOne = source !== undefined && sources.length === 1 && URL.canParse(source, url);
  const found = isOne ? new URL(source, url).href : url;
  return found.startsWith('file:') ? fileURLToPath(found) : file;
};

/** Files outwards, the innermost first, each once: where it is met furthest outwards. */
export type Origin = readonly string[];

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

  /** Of whoever calls this now. */
  here(): Origin {
    const files = new Set<string>();
    const add = (file: string): void => {
      files.delete(file);
      files.add(file);
    };
    for (const file of framesNow()) {
      const source = this.program(file);
      if (source !== undefined) add(source);
    }
    for (const file of this.base ?? this.of.get(executionAsyncResource()) ?? []) add(file);
    return [...files].slice(-FILES_MAX);
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

  /** The source of a file, where it is the program's. */
  private program(file: string): string | undefined {
    if (!this.sources.has(file)) this.sources.set(file, isOutside(file) ? sourceOf(file) : undefined);
    return this.sources.get(file);
  }
}

/** The files on the stack that are no part of the runtime. */
const framesNow = (): readonly string[] => {
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
    return file === null || file === undefined || /^node:/.test(file) ? [] : [file];
  });
};
