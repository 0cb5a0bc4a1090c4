/** A whole program, with every module of it, as a process that has just started finds it: one graph of modules for each life. */
import { fileURLToPath } from 'node:url';
import { type Boot, onSimulatedDisk } from '../guard/on-simulated-disk.js';
import type { StandIns } from '../modules/stand-ins.js';
import type { Json, SimulatedEnvironment } from '../suite/suite.js';
import { codedError } from '../util/errors.js';
import { graphOfLife } from './fresh-require.js';

/**
 * Makes the `boot` of a suite from a program's file, which each life evaluates again with all that it imports.
 *
 * @throws SimulatorError 'FRESH_PROGRAM' where `program` is no file's URL; in a life, what `freshRequire` throws
 */
export const freshProgram = <Program, System, Effect = Json>(
  program: URL,
  boot: (program: Program, env: SimulatedEnvironment<Effect>) => System,
  standIns?: StandIns,
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
  }, standIns);
};
