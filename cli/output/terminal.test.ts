import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { columnsOf, helpColumnsOf, type Output } from './terminal.js';

const terminal = (columns: number): Output => Object.assign(new PassThrough(), { isTTY: true, columns });

describe('columnsOf', () => {
  it('is the width of a terminal, and endless in a pipe: no line is cut there', () => {
    expect(columnsOf(terminal(120), {})).toBe(120);
    expect(columnsOf(terminal(20), {})).toBe(40);
    expect(columnsOf(new PassThrough(), {})).toBe(Number.POSITIVE_INFINITY);
    expect(columnsOf(new PassThrough(), { COLUMNS: '' })).toBe(Number.POSITIVE_INFINITY);
  });

  it('is what COLUMNS says in a pipe', () => {
    expect(columnsOf(new PassThrough(), { COLUMNS: '80' })).toBe(80);
  });
});

describe('helpColumnsOf', () => {
  it('breaks the lines of help in a pipe, too', () => {
    expect(helpColumnsOf(new PassThrough(), {})).toBe(100);
    expect(helpColumnsOf(terminal(60), {})).toBe(60);
  });
});
