/** Keeps something that follows from a list. */
export interface Follower<Item, Made> {
  /** Takes in the next item; returns how to take it out again, if it changed anything. */
  readonly enter: (item: Item) => (() => void) | undefined;
  readonly made: () => Made;
}

/**
 * What follows from a list, kept up from one list to the next. Whatever looks at the lives of one exploration looks at
 * lists that begin alike, since lives begin with nearly the same log: what a list begins with that the last one began
 * with, item by item the very same, stays taken in.
 *
 * What is made is good until the next list is asked about.
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
