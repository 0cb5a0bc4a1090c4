/** What a client sees, by the outcome of its command. */

import { thrownParts } from '../util/errors.js';
import type { Json, Outcome } from './suite.js';

export const rejection = (error: unknown): Outcome<Json> => ({
  status: 'rejected',
  error: { ...thrownParts(error) },
});
