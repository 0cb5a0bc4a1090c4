/** `powercut/node-fs`: packages that import `node:fs`, unmodified, on the simulated disk. */
export { freshRequire } from '../sim/uncontrolled/fresh-require.js';
export { onSimulatedDisk } from '../sim/uncontrolled/on-simulated-disk.js';
