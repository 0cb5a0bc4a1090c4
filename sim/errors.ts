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

const THROWN_CHARACTERS = 300;

const objectText = (thrown: object): string => {
  try {
    return JSON.stringify(thrown) ?? Object.prototype.toString.call(thrown);
  } catch {
    // It holds itself, or has a getter that throws: what there is to say of it is what kind of object it is.
    return Object.prototype.toString.call(thrown);
  }
};

/** What was thrown, in words. Anything can be: what was compiled from other languages throws plain objects with numbers. */
export const thrownText = (thrown: unknown): string => {
  if (thrown instanceof Error) return `${thrown.name}: ${thrown.message}`;
  const text = typeof thrown === 'object' && thrown !== null ? objectText(thrown) : String(thrown);
  return text.length > THROWN_CHARACTERS ? `${text.slice(0, THROWN_CHARACTERS)}…` : text;
};
