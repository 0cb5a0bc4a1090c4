/** Runs asynchronous actions one after the other, in the order of the calls. */

export interface OneAtATime {
  /** Resolves or rejects as the action does, once its turn has come. */
  run<Result>(action: () => Promise<Result>): Promise<Result>;
  /** Resolves when everything asked for so far is done. */
  drained(): Promise<void>;
}

export const oneAtATime = (): OneAtATime => {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: (action) => {
      const turn = last.then(action);
      last = turn.catch(() => {}); // its caller gets the error; the next action starts
      return turn;
    },
    drained: async () => {
      await last;
    },
  };
};
