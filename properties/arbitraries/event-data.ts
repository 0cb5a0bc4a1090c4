/** What a program may put into an event: any JSON, the hostile kind included. Shrinks to null. */
import * as fc from 'fast-check';
import type { Json } from '../../sim/suite/suite.js';
import { hostileText, SEVERAL_SECTORS } from './hostile-text.js';

/** An object with such keys as its own, `__proto__` too: what JSON.parse makes of them. */
const fromEntries = (entries: readonly (readonly [string, Json])[]): Json => Object.fromEntries(entries);

const leaf: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom(null, true, false),
  fc.integer(),
  fc.constantFrom(0.1, 1e308, Number.MAX_SAFE_INTEGER),
  hostileText(['plain'], SEVERAL_SECTORS),
);

export const eventData: fc.Arbitrary<Json> = fc.oneof(
  { weight: 3, arbitrary: leaf },
  { weight: 1, arbitrary: fc.array(leaf, { maxLength: 3 }) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.tuple(hostileText(['key'], SEVERAL_SECTORS), leaf), { maxLength: 3 })
      .map(fromEntries),
  },
);
