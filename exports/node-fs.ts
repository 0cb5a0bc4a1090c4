/** `powercut/node-fs`: packages that import `node:fs`, unmodified, on the simulated disk. */
import { installGuard } from '../sim/uncontrolled/guard.js';

export { freshRequire } from '../sim/uncontrolled/fresh-require.js';
export { onSimulatedDisk } from '../sim/uncontrolled/on-simulated-disk.js';

// When it is imported, not at the first boot: packages imported after this one keep functions that lead to the simulated world.
installGuard();
