/** Errors of the simulator: for people, with a stable `code` to tell them by. */

export class PowercutError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PowercutError';
    this.code = code;
  }
}

export const codedError = (code: string, message: string, cause?: unknown): PowercutError =>
  new PowercutError(code, message, cause === undefined ? undefined : { cause });
