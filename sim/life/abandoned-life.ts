/**
 * A life that is given up under way, as the time for it was up a while ago. Nothing is said of it: it is no violation, and
 * no part of any count.
 */

export class LifeAbandoned extends Error {
  override readonly name = 'LifeAbandoned';

  constructor() {
    super('The time was up, and a life that was under way was given up.');
  }
}

/** The value of a promise; another one where the life was abandoned. */
export const unlessAbandoned = async <T, Otherwise>(
  promise: Promise<T>,
  otherwise: () => Otherwise,
): Promise<T | Otherwise> => {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof LifeAbandoned) return otherwise();
    throw error;
  }
};
