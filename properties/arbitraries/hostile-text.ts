/** Text that breaks what was not built for it. Shrinks to a plain name. */
import * as fc from 'fast-check';

/** Longer than a few sectors of 512 bytes, so that what holds it spans several and can tear between any two. */
const SEVERAL_SECTORS = 1700;

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

/** One of `plain` most of the time; now and then something that was meant to hurt, or that fills several sectors. */
export const hostileText = (...plain: readonly [string, ...string[]]): fc.Arbitrary<string> =>
  fc.oneof(
    { withCrossShrink: true },
    { weight: 8, arbitrary: fc.constantFrom(...plain) },
    { weight: 2, arbitrary: fc.constantFrom(...HOSTILE) },
    { weight: 1, arbitrary: fc.constantFrom('x', 'é').map((letter) => letter.repeat(SEVERAL_SECTORS)) },
  );
