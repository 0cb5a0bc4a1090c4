/**
 * Three customers who do not wait for each other, in each design that promises to be safe. Events are delivered in the
 * order in which they were saved. Each customer's conflicts are resolved by reading again.
 */
import type { Suite } from '../../sim/suite/suite.js';
import { bankSuite } from '../suites/bank-suite.js';
import { safeDesigns } from './safe-designs.js';

const CUSTOMERS = 3;

export const busyCustomers: readonly Suite[] = safeDesigns.map(({ name, design }) =>
  bankSuite({ name: `busy-customers/${name}`, design, clients: CUSTOMERS }),
);
