/** Small checks of data from elsewhere, which combine to checks of records, lists and maps. Each is true or false, and never throws. */

export type Check = (value: unknown) => boolean;

type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
export const isText: Check = (value) => typeof value === 'string';
export const isFlag: Check = (value) => typeof value === 'boolean';
export const isNumber: Check = (value) => typeof value === 'number';
/** Zero or more, whole or not. */
export const isCount: Check = (value) => typeof value === 'number' && value >= 0;

/** A whole number from `least` to `most`. */
export const isWhole =
  (least: number, most = Number.MAX_SAFE_INTEGER): Check =>
  (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most;

export const isNatural = isWhole(0);

export const isOneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);

export const orNothing =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

export const anyOf =
  (...checks: readonly Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));

export const listOf =
  (check: Check, most = Number.POSITIVE_INFINITY): Check =>
  (value) =>
    Array.isArray(value) && value.length <= most && value.every(check);

export const mapOf =
  (isKey: Check, isValue: Check): Check =>
  (value) => {
    if (!(value instanceof Map)) return false;
    for (const [key, one] of value) if (!isKey(key) || !isValue(one)) return false;
    return true;
  };

/** An object whose named fields pass. Others are not looked at. */
export const record = (checks: Readonly<Record<string, Check>>): Check => {
  const fields = Object.entries(checks);
  return (value) => {
    if (!isFields(value)) return false;
    for (const [name, check] of fields) if (!check(value[name])) return false;
    return true;
  };
};

/** The same, for fields of a type: a field of the type that has no check is an error of the compiler. */
export const recordOf = <Type>(checks: Readonly<Record<keyof Type & string, Check>>): Check => record(checks);
