/** How a program calls off what it has asked for and what has yet to be done, as Node's `signal` option has it. */

export interface Abortable {
  readonly signal?: AbortSignal | undefined;
}

/** @throws Error 'ABORT_ERR' once the signal has been given */
export const refuseAborted = (options: Abortable | string | null | undefined): void => {
  const signal = typeof options === 'object' ? options?.signal : undefined;
  if (signal?.aborted !== true) return;
  const error = new Error('The operation was aborted', { cause: signal.reason });
  throw Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' });
};
