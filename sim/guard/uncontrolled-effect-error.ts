/** The error thrown at a program that reaches past its simulated world. */
import { basename } from 'node:path';
import { PowercutError } from '../util/errors.js';
import type { UncontrolledEffect } from './guarded-life.js';

/** `code` is 'UNCONTROLLED_EFFECT'. The call did not happen. */
export class UncontrolledEffectError extends PowercutError {
  readonly effect: UncontrolledEffect;

  constructor(effect: Required<UncontrolledEffect>) {
    super(
      'UNCONTROLLED_EFFECT',
      // A program may store the message: the directory of its files would make it another one on every machine.
      `${effect.what} was called at ${basename(effect.site)} inside a simulated life, which does not control it; ` +
        `to run under simulation, ${effect.instead}`,
    );
    this.name = 'UncontrolledEffectError';
    this.effect = effect;
  }
}
