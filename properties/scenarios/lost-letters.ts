/**
 * Some letters can never be posted, in each design that promises to be safe: the command that called for one
 * succeeds all the same, as its events are saved; the letter is parked with a durable record; and nothing else waits.
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
