import { expect, it } from 'vitest';
import { hashText } from '../../src/event-store/format/frame.js';
import { IDS } from './message-ids.js';

it('hashText: IDS of the scenario message-ids share a hash', () => {
  const [a, b, c, d] = IDS.map(hashText);
  expect(a).toBe(b);
  expect(c).toBe(d);
  expect(a).not.toBe(c);
});
