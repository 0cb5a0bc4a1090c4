/**
 * Ctrl-C: the first one asks the work to stop and keeps what was found, the second one kills.
 */

export interface Interrupt {
  readonly signal: AbortSignal;
  /** 128 + the number of the signal that came, as shells count; undefined while none has. */
  readonly exitCode: () => number | undefined;
  /** Gives the signals back to the process. */
  readonly release: () => void;
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Listens until released. */
export const listenForInterrupt = (): Interrupt => {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const onSignal = (name: NodeJS.Signals): void => {
    const code = name === 'SIGTERM' ? EXIT_CODES.SIGTERM : EXIT_CODES.SIGINT;
    if (exitCode !== undefined) process.exit(code);
    exitCode = code;
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    release: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
};
