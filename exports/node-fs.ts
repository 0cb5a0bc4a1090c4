/**
 * `powercut/node-fs`: packages that import `node:fs`, unmodified, on the simulated disk.
 *
 * @module
 */
import { extname } from 'node:path';
import { installGuard } from '../sim/guard/guard.js';
import { shareModule } from '../sim/modules/shared.js';
import * as powercut from './index.js';

export { type Boot, onSimulatedDisk } from '../sim/guard/on-simulated-disk.js';
export { freshProgram } from '../sim/module-graph/fresh-program.js';
export { freshRequire } from '../sim/module-graph/fresh-require.js';

// When it is imported, not at the first boot: packages imported after this one keep functions that lead to the simulated world.
installGuard();

// A program that imports something of powercut gets it from the one that runs it, in all its lives.
shareModule(new URL(`./index${extname(import.meta.url)}`, import.meta.url).href, powercut);
