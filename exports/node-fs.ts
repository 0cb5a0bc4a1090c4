/**
 * `powercut/node-fs`: packages that import `node:fs`, unmodified, on the simulated disk.
 *
 * @module
 */
import { extname } from 'node:path';
import { installGuard } from '../sim/guard/guard.js';
import { type Boot, onSimulatedDisk as onDisk } from '../sim/guard/on-simulated-disk.js';
import { freshProgram as freshProgramOn } from '../sim/module-graph/fresh-program.js';
import { shareModule } from '../sim/modules/shared.js';
import type { StandIns } from '../sim/modules/stand-ins.js';
import type { Json, SimulatedEnvironment } from '../sim/suite/suite.js';
import { SQLITE_MODULES } from '../sqlite/stand-ins.js';
import * as powercut from './index.js';

export type { KeyValueCommand } from '../properties/key-value/commands.js';
export {
  type Entries,
  type KeyValueDefinition,
  keyValueSuite,
} from '../properties/key-value/key-value-suite.js';
export type { Boot } from '../sim/guard/on-simulated-disk.js';
export { freshRequire } from '../sim/module-graph/fresh-require.js';

/** What a program has besides `node:fs`. */
export interface DiskOptions {
  /**
   * In a life `better-sqlite3`, `node:sqlite` and `sqlite3` are SQLite as WebAssembly on the simulated disk, in all modules that
   * {@link freshProgram} and {@link freshRequire} load. Needs the package `@sqlite.org/sqlite-wasm`. Default: false.
   */
  readonly sqlite?: boolean;
}

const standInsOf = ({ sqlite }: DiskOptions): StandIns | undefined =>
  sqlite === true ? SQLITE_MODULES : undefined;

/**
 * Wraps the `boot` of a suite whose program, or a package it uses, imports `node:fs` itself: in each life that module
 * is the simulated disk, in all its forms, wherever it was imported. Outside of a simulation `boot` is left as it is.
 */
export const onSimulatedDisk = <System, Effect = Json>(
  boot: (env: SimulatedEnvironment<Effect>) => System,
  options: DiskOptions = {},
): Boot<System, Effect> => onDisk(boot, standInsOf(options));

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
  options: DiskOptions = {},
): Boot<System, Effect> => freshProgramOn(program, boot, standInsOf(options));

// When it is imported, not at the first boot: packages imported after this one keep functions that lead to the simulated world.
installGuard();

// A program that imports something of powercut gets it from the one that runs it, in all its lives.
shareModule(new URL(`./index${extname(import.meta.url)}`, import.meta.url).href, powercut);
