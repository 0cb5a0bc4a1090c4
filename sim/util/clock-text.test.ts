import { describe, expect, it } from 'vitest';
import { clockText, timeOfDayText } from './clock-text.js';

describe('clockText and timeOfDayText', () => {
  it.each([
    [Date.UTC(2030, 0, 1, 1, 0, 0, 12), '2030-01-01 01:00:00.012', '01:00:00.012'],
    [0.9, '1970-01-01 00:00:00.000', '00:00:00.000'],
    [-0.5, '1969-12-31 23:59:59.999', '23:59:59.999'],
    [Date.UTC(12030, 0), '+012030-01-01 00:00:00.000', '00:00:00.000'],
    [9e15, '9000000000000000 ms', '9000000000000000 ms'],
  ])('%d is %s', (ms, whole, ofDay) => {
    expect(clockText(ms)).toBe(whole);
    expect(timeOfDayText(ms)).toBe(ofDay);
  });
});
