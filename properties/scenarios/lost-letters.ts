/**
 * Some letters can never be posted, in each design that promises to be safe. The command that requires such a letter
 * still succeeds, as its events are saved. The letter is parked with a durable record. Nothing else waits for it.
 */
import type { Suite } from '../../sim/suite/suite.js';
import { bankSuite } from '../suites/bank-suite.js';
import { safeDesigns } from './safe-designs.js';

const UNREACHABLE = 'Bob';

export const lostLetters: readonly Suite[] = safeDesigns.map(({ name, design }) =>
  bankSuite({
    name: `lost-letters/${name}`,
    design,
    isLost: ({ to }) => to === UNREACHABLE,
    marks: ['bus:event-parked'],
  }),
);
