/** Where something was seen in a run: in which of its lives, and how many commands were sent by then in all lives. As one number. */

const LIFE = 2 ** 20;

/** @param commands 0: before the first one, or it is not known */
export const placeInRun = (life: number, commands: number): number =>
  life * LIFE + Math.min(commands, LIFE - 1);

/** The lives before it; each of them ended in a crash. */
export const livesBefore = (place: number): number => Math.floor(place / LIFE);

export const commandsBy = (place: number): number => place % LIFE;
