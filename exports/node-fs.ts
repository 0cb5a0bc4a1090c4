/** `powercut/node-fs`: packages that import `node:fs`, unmodified, on the simulated disk. */
import { extname } from 'node:path';
import { shareModule } from '../sim/modules/shared.js';
import { installGuard } from '../sim/uncontrolled/guard.js';
import * as powercut from './index.js';

export { freshProgram } from '../sim/uncontrolled/fresh-program.js';
export { freshRequire } from '../sim/uncontrolled/fresh-require.js';
export { onSimulatedDisk } from '../sim/uncontrolled/on-simulated-disk.js';

// When it is imported, not at the first boot: packages imported after this one keep functions that lead to the simulated world.
installGuard();

// A program that imports something of powercut gets it from the one that runs it, in all its lives.
shareModule(new URL(`./index${extname(import.meta.url)}`, import.meta.url).href, powercut);
