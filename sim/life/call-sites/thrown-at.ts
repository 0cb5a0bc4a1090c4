/** Where an error that a program did not handle was made, read off its stack. */
import { frameIn, stackOf } from '../../util/stack-frames.js';
import { programFrame } from './call-site.js';

/** 'path:line' of the innermost frame that is the program's; undefined where the stack has none. Never throws. */
export const thrownAt = (error: unknown): string | undefined => {
  for (const text of stackOf(error).split('\n')) {
    const frame = programFrame(frameIn(text));
    if (frame !== undefined) return `${frame.path}:${frame.line}`;
  }
  return undefined;
};
