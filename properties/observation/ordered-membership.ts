/**
 * Whether a list includes a number. Asked for in the order of the list, as positions mostly are, it costs nothing but a
 * look at the next one; the first that is out of turn makes a set of them all.
 */
export const includedIn = (numbers: readonly number[]): ((wanted: number) => boolean) => {
  let next = 0;
  let all: ReadonlySet<number> | undefined;
  return (wanted) => {
    if (numbers[next] === wanted) {
      next++;
      return true;
    }
    all ??= new Set(numbers);
    return all.has(wanted);
  };
};
