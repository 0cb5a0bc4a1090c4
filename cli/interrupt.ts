/**
 * Ctrl-C: the first one asks the work to stop and keeps what was found, the second one ends the process with 128 + the
 * number of the signal, as shells count.
 */

export interface Interrupt {
  readonly signal: AbortSignal;
  /** Gives the signals back to the process. */
  readonly release: () => void;
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Listens until released. */
export const listenForInterrupt = (): Interrupt => {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    const code = name === 'SIGTERM' ? EXIT_CODES.SIGTERM : EXIT_CODES.SIGINT;
    if (controller.signal.aborted) process.exit(code);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
};
