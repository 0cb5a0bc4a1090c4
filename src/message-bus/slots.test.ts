import { describe, expect, it } from 'vitest';
import { Slots } from './slots.js';

/** Lets so many turns of the microtask queue pass. */
const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await null;
};

/** Two are at work and end together; a third waits; a fourth asks so many turns after the end. In the order of their beginnings. */
const begun = async (asksAfter: number): Promise<readonly string[]> => {
  const slots = new Slots(2);
  const order: string[] = [];
  let end = (): void => {};
  const bothEnd = new Promise<void>((resolve) => {
    end = resolve;
  });
  const act = (name: string, until: Promise<void>) => () => {
    order.push(name);
    return until;
  };
  const all = [
    slots.run(act('first', bothEnd)),
    slots.run(act('second', bothEnd)),
    slots.run(act('third', Promise.resolve())),
  ];
  end();
  await turns(asksAfter);
  all.push(slots.run(act('fourth', Promise.resolve())));
  await Promise.all(all);
  return order;
};

describe('slots', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
    'are given in the order in which they are asked for, %i turns late',
    async (late) => {
      expect(await begun(late)).toEqual(['first', 'second', 'third', 'fourth']);
    },
  );

  it('go on when an action throws, at once or later', async () => {
    const slots = new Slots(1);
    const atOnce = slots.run(() => {
      throw new Error('at once');
    });
    const later = slots.run(() => Promise.reject(new Error('later')));
    const last = slots.run(() => Promise.resolve('done'));
    await expect(atOnce).rejects.toThrow('at once');
    await expect(later).rejects.toThrow('later');
    expect(await last).toBe('done');
  });

  it.each([0, -1, 1.5, Number.NaN])('refuse to be %d', (count) => {
    expect(() => new Slots(count)).toThrow(RangeError);
  });
});
