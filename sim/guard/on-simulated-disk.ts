/** Programs that import `node:fs`, unmodified, on the disk of the life they run in. */
import type { SimulatedEnvironment } from '../suite/suite.js';
import { installGuard } from './guard.js';

/**
 * Wraps the `boot` of a suite whose program, or a package it uses, imports `node:fs` itself: in each life that module
 * is the simulated disk, in all its forms, wherever it was imported. Outside of a simulation `boot` is left as it is.
 */
export const onSimulatedDisk =
  <System>(boot: (env: SimulatedEnvironment) => System): ((env: SimulatedEnvironment) => System) =>
  (env) => {
    const guard = installGuard();
    const life = guard.running();
    // Asked of the life itself: it may have been made by another copy of the simulator than the suite imports.
    if (life?.nodeFs !== undefined) guard.mount(life, life.nodeFs());
    return boot(env);
  };
