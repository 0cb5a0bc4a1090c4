/** Programs that import `node:fs`, unmodified, on the disk of the life they run in. */
import { type StandIns, serveStandIns } from '../modules/stand-ins.js';
import type { Json, SimulatedEnvironment } from '../suite/suite.js';
import { installGuard } from './guard.js';

/**
 * A `boot`. It is `(env: SimulatedEnvironment<Effect>) => System`, written as a conditional type: TypeScript leaves a call of a
 * generic function that returns a function out of its first round of inference, so `defineSuite` would find no system.
 */
export type Boot<System, Effect> = [System] extends [infer Booted]
  ? (env: SimulatedEnvironment<Effect>) => Booted
  : never;

/**
 * Wraps the `boot` of a suite whose program, or a package it uses, imports `node:fs` itself: in each life that module
 * is the simulated disk, in all its forms, wherever it was imported. Outside of a simulation `boot` is left as it is.
 *
 * @param standIns what a module graph of the life gets in the place of modules, such as native ones
 */
export const onSimulatedDisk = <System, Effect = Json>(
  boot: (env: SimulatedEnvironment<Effect>) => System,
  standIns?: StandIns,
): Boot<System, Effect> => {
  const mounted = (env: SimulatedEnvironment<Effect>): System => {
    const guard = installGuard();
    const life = guard.running();
    // Asked of the life itself: it may have been made by another copy of the simulator than the suite imports.
    if (life?.nodeFs !== undefined) guard.mount(life, life.nodeFs());
    if (life !== undefined && standIns !== undefined) serveStandIns(life, standIns);
    return boot(env);
  };
  return mounted as Boot<System, Effect>; // the same type, which TypeScript does not see while System is open
};
