/**
 * A file, such as that of a suite, in a module graph of its own, outside of any life. Modules of the
 * simulator, and those whose values suites and simulator exchange, are the process's: they are imported on demand.
 */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { shareModule } from '../modules/shared.js';
import { ModuleGraph } from './module-graph.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OURS = /^(sim|cli|reports|exports)\//;
/** The store is a program like any other, and so is what stands in for one in tests. */
const OF_PROGRAMS = /^exports\/store\.|\/testing\/|\.test\./;
const EXCHANGED = /\/node_modules\/(fast-check|pure-rand|vitest|@vitest)\//;

const isOfTheProcess = (filename: string): boolean => {
  if (filename.startsWith(ROOT) && !filename.slice(ROOT.length).includes('node_modules/')) {
    const path = filename.slice(ROOT.length);
    return OURS.test(path) && !OF_PROGRAMS.test(path);
  }
  return EXCHANGED.test(filename);
};

/** Asked for in a graph, and to be imported first, which takes an await. */
class ImportFirst extends Error {
  constructor(readonly filename: string) {
    super(`${filename} is to be imported by the process itself`);
  }
}

export interface Evaluated {
  readonly exports: unknown;
  readonly files: readonly string[];
}

/** Evaluates a file and all it imports. @throws what ModuleGraph throws, and what the file throws */
export const evaluateAnew = async (filename: string): Promise<Evaluated> => {
  for (;;) {
    const graph = new ModuleGraph((asked) => {
      if (isOfTheProcess(asked)) throw new ImportFirst(asked);
    });
    try {
      return { exports: graph.load(filename), files: graph.files() };
    } catch (thrown) {
      if (!(thrown instanceof ImportFirst)) throw thrown;
      const { href } = pathToFileURL(thrown.filename);
      shareModule(href, (await import(href)) as object); // a namespace
    }
  }
};
