/** What may be done on the terminal at hand: colour, width, a bar that redraws itself. */

export type Variables = Readonly<Record<string, string | undefined>>;

/** A stream as far as it matters here; `columns` only on a terminal. */
export interface Output extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';

/** https://no-color.org and https://force-color.org; otherwise colour where a person is looking. */
const wantsColor = (stream: Output, variables: Variables): boolean => {
  if (isSet(variables.NO_COLOR)) return false;
  if (isSet(variables.FORCE_COLOR)) return variables.FORCE_COLOR !== '0';
  return stream.isTTY === true && variables.TERM !== 'dumb';
};

/** A bar where a person is looking: not in a log of a CI server, even one that has a terminal. */
export const wantsBar = (stream: Output, variables: Variables): boolean =>
  stream.isTTY === true && !isSet(variables.CI) && variables.TERM !== 'dumb';

/** How what is printed there is to look. */
export const appearanceOn = (stream: Output, variables: Variables) => ({
  columns: columnsOf(stream, variables),
  color: wantsColor(stream, variables),
});

const LEAST_COLUMNS = 40;

/** Infinity in a pipe or a file, whose readers search and cut by themselves. `COLUMNS` sets a width. */
export const columnsOf = (stream: Output, variables: Variables): number => {
  const columns = stream.columns ?? Number(variables.COLUMNS ?? Number.NaN);
  return columns > 0 ? Math.max(LEAST_COLUMNS, columns) : Number.POSITIVE_INFINITY;
};

const HELP_COLUMNS = 100;

/** The same for help, which people read wherever it goes. */
export const helpColumnsOf = (stream: Output, variables: Variables): number => {
  const columns = columnsOf(stream, variables);
  return Number.isFinite(columns) ? columns : HELP_COLUMNS;
};
