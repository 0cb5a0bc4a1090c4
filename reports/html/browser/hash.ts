/** The state of a page in its address, after the number sign: a link restores it. All of it is other people's text. */

/** The wait before an address changes: a browser refuses more than some changes a second. */
const WRITE_MS = 250;

export const readHash = (): URLSearchParams => new URLSearchParams(location.hash.slice(1));

/** A whole number in the address; undefined for anything else. */
export const numberIn = (hash: URLSearchParams, name: string): number | undefined => {
  const text = hash.get(name);
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
};

/** An address with these values; empty ones are left out. */
export const hashOf = (values: Readonly<Record<string, string>>): string => {
  const hash = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== '') hash.set(name, value);
  return `#${hash}`;
};

let waiting: ReturnType<typeof setTimeout> | undefined;
let next: string | undefined;

/** Forgets what was to be written: the reader has gone elsewhere. */
export const forgetHash = (): void => {
  clearTimeout(waiting);
  next = undefined;
};

const flush = (): void => {
  if (next !== undefined) history.replaceState(null, '', next);
  forgetHash();
};

/** Replaces the address soon; only the last of several. */
export const writeHash = (hash: string): void => {
  clearTimeout(waiting);
  next = hash;
  waiting = setTimeout(flush, WRITE_MS);
};

// Who follows a link comes back to where he was.
document.addEventListener('click', flush, { capture: true });
