import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { callSite, UNKNOWN_SITE } from './refusal-site.js';

const whoCalled = (): string => callSite(whoCalled);

const lines = readFileSync(new URL(import.meta.url), 'utf8').split('\n');
const lineWith = (text: string): number => lines.findIndex((line) => line.includes(text)) + 1;
const placeOf = (text: string): RegExp =>
  new RegExp(`^sim/process/refusal-site\\.test\\.ts:${lineWith(text)}:\\d+$`);

describe('callSite', () => {
  it('is the line that called, in the source, from the working directory', () => {
    const nearest = whoCalled();
    expect(nearest).toMatch(placeOf('const nearest ='));
  });

  it('passes over the frames of the language itself', () => {
    const [beyond] = [1].map(whoCalled);
    expect(beyond).toMatch(placeOf('const [beyond] ='));
  });

  it('is found however short the program keeps its stacks, which stay as short', () => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    const found = whoCalled();
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = stackTraceLimit;
    expect(found).toMatch(placeOf('const found ='));
    expect(limit).toBe(0);
  });

  it('is said to be unknown when the program is not on the stack', () => {
    expect(callSite(() => {})).toBe(UNKNOWN_SITE);
  });
});
