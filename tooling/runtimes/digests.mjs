// Prints the digest of each shipped suite, explored within small bounds: on whatever runtime runs this file. Plain
// JavaScript over the compiled package, so that it is the same program everywhere. Enough runs that some are guided.
import { exploreSuite } from '../../dist/exports/index.js';
import { shippedSuites } from '../../dist/properties/suites/index.js';

const BOUNDS = { seed: 7, runs: 120, workloads: 1, maxCrashes: 1, maxCommands: 2, bail: false };

const digests = {};
for (const suite of shippedSuites) digests[suite.name] = (await exploreSuite(suite, BOUNDS)).digest;
console.log(JSON.stringify(digests));
