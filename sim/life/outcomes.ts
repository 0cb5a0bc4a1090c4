/** What a client is told, by what became of its command. */

import type { Outcome } from '../suite/suite.js';
import { thrownParts } from '../util/errors.js';

export const rejection = (error: unknown): Outcome => ({
  status: 'rejected',
  error: { ...thrownParts(error) },
});
