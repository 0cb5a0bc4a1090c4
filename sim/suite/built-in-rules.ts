/** The rules that the explorer itself checks. */

/** What every program must do, whatever its suite says. */
export const BUILT_IN = {
  recovers: 'After a power cut the program starts again.',
  rests: 'The program comes to rest once nothing is asked of it.',
  answers: 'Every command is answered.',
  controlled: 'The program handles its errors and stays inside its environment.',
  stops: 'The program stops when it is told to.',
} as const;
