/** Text that breaks what was not built for it. Shrinks to a plain name. */
import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';

/** Longer than a sector of 512 bytes, so that what holds it can tear in the middle. */
export const OVER_A_SECTOR = 520;
/** So that what holds it spans several sectors and can tear between any two: there are many ways to. */
export const SEVERAL_SECTORS = 1700;

const HOSTILE = [
  '',
  ' ',
  'Žofie Ωmega 漢字 🦊',
  '__proto__',
  'constructor',
  '<script>alert("x")</script>',
  '</script><!-- &amp; ]]>',
  "'; DROP TABLE events; --",
  '../../etc/passwd',
  'line\nbreak\r\n\u2028tab\tnul\u0000',
  '\ud800 half a surrogate pair',
  '{"type":"opened"}',
  '\u202eright to left',
] as const;

/** One of `plain` most of the time; now and then something that was meant to hurt, or text of `longBytes` bytes. */
export const hostileText = (plain: readonly [string, ...string[]], longBytes: number): fc.Arbitrary<string> =>
  fc.oneof(
    { withCrossShrink: true },
    { weight: 8, arbitrary: fc.constantFrom(...plain) },
    { weight: 2, arbitrary: fc.constantFrom(...HOSTILE) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('x', 'é')
        .map((letter) => letter.repeat(longBytes / Buffer.byteLength(letter))),
    },
  );
