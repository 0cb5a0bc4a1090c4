/** The rules that the explorer itself checks. */

/** What every program must do, whatever its suite says. */
export const BUILT_IN = {
  recovers: 'After a power cut the program starts again.',
  rests: 'The program becomes idle when no command is pending.',
  answers: 'Every command is answered.',
  controlled: 'The program handles its errors and stays inside its environment.',
  stops: 'The program stops when it is shut down.',
} as const;
