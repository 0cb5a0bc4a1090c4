/** How a life failed or its process ended, in words. */
import type { ProcessEnd } from '../process/process-end.js';
import type { UncontrolledEffect } from '../process/uncontrolled-effect.js';
import { thrownText } from '../util/errors.js';

/** An effect that fails a life, in a sentence or two. */
export const failureOf = ({ what, site, instead }: UncontrolledEffect): string => {
  const advice = instead === undefined ? '' : ` To run under simulation, ${instead}.`;
  return `It used ${what} at ${site}, which the simulation does not control.${advice}`;
};

/** The end of a life's process, in words that are the same on every machine, and where in the program it came about. */
export interface Ended {
  readonly kind: ProcessEnd['kind'];
  /** Completes 'its process …': 'exits with code 1'. */
  readonly text: string;
  /** 'path:line'; undefined where no file of the program is on the stack. */
  readonly place: string | undefined;
  /** Where its timer was set; undefined where it was none, or call sites are not followed. */
  readonly timerSetAt: string | undefined;
}

export const describeEndOfProcess = (end: ProcessEnd): string => {
  switch (end.kind) {
    case 'exit':
      return `exits with code ${end.code}`;
    case 'signal':
      return `is ended by ${end.signal}`;
    case 'uncaught': {
      const what = end.origin === 'uncaughtException' ? 'an uncaught exception' : 'an unhandled rejection';
      return `ends with code ${end.code} by ${what}, ${thrownText(end.error)}`;
    }
    default:
      return end satisfies never;
  }
};
