import { describe, expect, it } from 'vitest';
import { sixDesigns } from '../fixtures/results.js';
import { ResultError, readResult } from './read-result.js';

const failureOf = (text: string): ResultError => {
  try {
    readResult(text, 'a.json');
  } catch (error) {
    if (error instanceof ResultError) return error;
    throw error;
  }
  throw new Error('The text was taken for a result.');
};

describe('readResult', () => {
  it('gives back what was written', () => {
    expect(readResult(JSON.stringify(sixDesigns()), 'a.json')).toEqual(sixDesigns());
  });

  it.each([
    ['text that is no JSON', '{"schemaVersion":1,', 'RESULT_FILE_NOT_JSON'],
    ['nothing', '', 'RESULT_FILE_NOT_JSON'],
    ['other JSON', '{"name":"powercut"}', 'RESULT_MALFORMED'],
    ['null', 'null', 'RESULT_MALFORMED'],
    ['a list', '[]', 'RESULT_MALFORMED'],
    ['a result of another version', '{"schemaVersion":1}', 'RESULT_VERSION'],
  ])('refuses %s with a code and one line that names the file', (_, text, code) => {
    const error = failureOf(text);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^a\.json .*\.$/);
  });
});
