/** A whole program, with every module of it, as a process that has just started finds it: one graph of modules for each life. */
import { fileURLToPath } from 'node:url';
import { type Boot, onSimulatedDisk } from '../guard/on-simulated-disk.js';
import type { Json, SimulatedEnvironment } from '../suite/suite.js';
import { codedError } from '../util/errors.js';
import { graphOfLife } from './fresh-require.js';

/**
 * Makes the `boot` of a suite from a program: in each life the program's file is evaluated again, and so is every file and
 * package that it imports, so that nothing at module level outlives a power cut. `node:fs` is the simulated disk in it.
 *
 * Each file is compiled once in a process; evaluating it costs some microseconds a life.
 *
 * @param program the program's file: `new URL('./program.ts', import.meta.url)`
 * @param boot starts it: what a restart does, with what the file exports
 * @example
 * ```ts
 * type Program = typeof import('./program.js');
 *
 * const boot = freshProgram(new URL('./program.ts', import.meta.url), (program: Program, env) => program.start(env));
 * export default defineSuite({ name: 'a program', boot, … });
 * ```
 * @throws SimulatorError 'FRESH_PROGRAM' where `program` is no file's URL; in a life, what {@link freshRequire} throws
 */
export const freshProgram = <Program, System, Effect = Json>(
  program: URL,
  boot: (program: Program, env: SimulatedEnvironment<Effect>) => System,
): Boot<System, Effect> => {
  if (!(program instanceof URL) || program.protocol !== 'file:') {
    throw codedError(
      'FRESH_PROGRAM',
      `freshProgram needs the URL of the program's file, not ${String(program)}: new URL('./program.ts', import.meta.url).`,
    );
  }
  const filename = fileURLToPath(program);
  return onSimulatedDisk((env: SimulatedEnvironment<Effect>) => {
    // What a file exports can't be known here: the parameter's type says it, as the type of an import() would.
    const loaded = graphOfLife().loadFrom({ filename, format: 'module' }, program.href) as Program;
    return boot(loaded, env);
  });
};
