/** A call of the program that the simulated world does not control, and the error that the program gets. */
import { basename } from 'node:path';
import { SimulatorError } from '../util/errors.js';

/** Something a program reached for that the world does not control. */
export interface UncontrolledEffect {
  /** What was called, by its public name: 'net.connect'. */
  readonly what: string;
  /** `file:line:column` of the call in the program; the file is relative to the working directory where it lies in it. */
  readonly site: string;
  /** Completes the sentence "to run under simulation, …", where something can be said. */
  readonly instead?: string;
}

/** `code` is 'UNCONTROLLED_EFFECT'. The call did not happen. */
export class UncontrolledEffectError extends SimulatorError {
  override readonly name = 'UncontrolledEffectError';
  readonly effect: UncontrolledEffect;

  constructor(effect: Required<UncontrolledEffect>) {
    super(
      'UNCONTROLLED_EFFECT',
      // A program may store the message: the directory of its files would make it another one on every machine.
      `${effect.what} was called at ${basename(effect.site)} inside a simulated life, which does not control it; ` +
        `to run under simulation, ${effect.instead}`,
    );
    this.effect = effect;
  }
}
