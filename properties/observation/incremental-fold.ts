/** Keeps something that follows from a list. */
export interface Follower<Item, Made> {
  /** Takes in the next item; returns how to take it out again, if it changed anything. */
  readonly enter: (item: Item) => (() => void) | undefined;
  readonly made: () => Made;
}

/**
 * A fold over a list, reused from one list to the next. The lives of one exploration start with nearly the same log, so
 * their lists share a prefix. The fold over the items that this list shares with the last one (by identity) is kept.
 *
 * The result is valid until the function is called with the next list.
 */
export const following = <Item, Made>({
  enter,
  made,
}: Follower<Item, Made>): ((items: readonly Item[]) => Made) => {
  const entered: Item[] = [];
  const leave: ((() => void) | undefined)[] = [];
  return (items) => {
    const most = Math.min(items.length, entered.length);
    let alike = 0;
    while (alike < most && items[alike] === entered[alike]) alike++;
    while (entered.length > alike) {
      entered.pop();
      leave.pop()?.();
    }
    for (const item of items.slice(alike)) {
      leave.push(enter(item));
      entered.push(item);
    }
    return made();
  };
};

/** A fold along a list, kept up likewise. `step` is pure: the same of equal state and item. */
export const foldedAlong = <Item, State>(
  initial: State,
  step: (state: State, item: Item) => State,
): ((items: readonly Item[]) => State) => {
  let state = initial;
  return following({
    enter: (item) => {
      const before = state;
      state = step(state, item);
      return () => {
        state = before;
      };
    },
    made: () => state,
  });
};

/** The first item that is wrong with the one before it, or alone; kept up likewise. `isWrong` is pure. */
export const firstWrongAlong = <Item>(
  isWrong: (item: Item, before: Item | undefined) => boolean,
): ((items: readonly Item[]) => { readonly wrong: Item; readonly before: Item | undefined } | undefined) => {
  interface Gone {
    readonly found: { readonly wrong: Item; readonly before: Item | undefined } | undefined;
    readonly last: Item | undefined;
  }
  const along = foldedAlong<Item, Gone>({ found: undefined, last: undefined }, ({ found, last }, item) => ({
    found: found ?? (isWrong(item, last) ? { wrong: item, before: last } : undefined),
    last: item,
  }));
  return (items) => along(items).found;
};
