/** Comparing JSON by content: two values that print differently only in the order of their keys are the same. */
type JsonObject = { readonly [key: string]: unknown };

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
// Array.isArray does not narrow readonly arrays; this does.
const isArray = (value: unknown): value is readonly unknown[] => Array.isArray(value);

export interface Difference {
  /** 'accounts.a.balance'; '' for the whole value. */
  readonly path: string;
  /** undefined: absent on that side. */
  readonly left: unknown;
  readonly right: unknown;
}

const joined = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

const own = (value: JsonObject, key: string): unknown => (Object.hasOwn(value, key) ? value[key] : undefined);

/** Where two values first differ, keys in sorted order; undefined when they are the same. O(size). */
export const firstDifference = (left: unknown, right: unknown, path = ''): Difference | undefined => {
  if (sameJson(left, right)) return undefined;
  if (isArray(left) && isArray(right)) {
    for (let index = 0; index < Math.max(left.length, right.length); index++) {
      const difference = firstDifference(left[index], right[index], joined(path, String(index)));
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  if (isObject(left) && isObject(right)) {
    for (const key of [...new Set([...Object.keys(left), ...Object.keys(right)])].sort()) {
      const difference = firstDifference(own(left, key), own(right, key), joined(path, key));
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  return { path, left, right };
};

export const sameJson = (left: unknown, right: unknown): boolean => {
  if (left === right) return true;
  if (isArray(left))
    return (
      isArray(right) &&
      left.length === right.length &&
      left.every((item, index) => sameJson(item, right[index]))
    );
  if (!isObject(left) || !isObject(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key], right[key]))
  );
};

/** A value in a sentence: its fields or its JSON, cut where that is long, 'nothing' where it is absent. */
export const inWords = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  const text = isObject(value)
    ? Object.entries(value)
        .map(([key, field]) => `${key} ${JSON.stringify(field)}`)
        .join(', ')
    : JSON.stringify(value);
  return text.length <= 120 ? text : `${text.slice(0, 117)}...`;
};
