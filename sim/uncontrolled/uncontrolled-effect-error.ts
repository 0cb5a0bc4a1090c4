/** The error thrown at a program that reaches past its simulated world. */
import { PowercutError } from '../errors.js';
import type { UncontrolledEffect } from './guarded-life.js';

/** `code` is 'UNCONTROLLED_EFFECT'. The call did not happen. */
export class UncontrolledEffectError extends PowercutError {
  readonly effect: UncontrolledEffect;

  /** `instead` completes the sentence "to run it under simulation, …". */
  constructor(effect: UncontrolledEffect, instead: string) {
    super(
      'UNCONTROLLED_EFFECT',
      `${effect.what} was called at ${effect.site} inside a simulated life, which does not control it; ` +
        `to run under simulation, ${instead}`,
    );
    this.name = 'UncontrolledEffectError';
    this.effect = effect;
  }
}
