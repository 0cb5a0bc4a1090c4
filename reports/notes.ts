/** Notes of a suite as lines: what its reader should know, though it breaks nothing. */
import type { SuiteResult } from '../sim/result/result.js';

/** 'CompressionStream was refused at probe.ts:3:5. … (REFUSAL_CAUGHT)', one line a note. */
export const noteLines = ({ notes }: SuiteResult): readonly string[] =>
  notes.map(({ code, message }) => `${message} (${code})`);
