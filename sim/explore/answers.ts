/** What a client is told, by what became of its command. */
import { thrownParts } from '../errors.js';
import type { Json, Outcome } from '../suite.js';

export const rejection = (error: unknown): Outcome => ({
  status: 'rejected',
  error: { ...thrownParts(error) },
});

export const acknowledgement = (result: unknown): Outcome => {
  const text = JSON.stringify(result, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  return { status: 'acknowledged', result: text === undefined ? null : (JSON.parse(text) as Json) }; // printed from JSON just now
};
