/** The options of `better-sqlite3`, checked as it checks them. */

export const optionsOf = (options: unknown, position = 'second'): object => {
  if (options === undefined || options === null) return {};
  if (typeof options !== 'object')
    throw new TypeError(`Expected ${position} argument to be an options object`);
  return options;
};

export const booleanOption = (options: object, key: string): boolean => {
  if (!(key in options)) return false;
  const value: unknown = Reflect.get(options, key);
  if (typeof value !== 'boolean') throw new TypeError(`Expected the "${key}" option to be a boolean`);
  return value;
};

export const functionOption = (
  options: object,
  key: string,
): ((...args: unknown[]) => unknown) | undefined => {
  const value: unknown = key in options ? Reflect.get(options, key) : undefined;
  if (typeof value === 'function') return value as (...args: unknown[]) => unknown; // all that is done is to call it
  if (value !== undefined && value !== null)
    throw new TypeError(`Expected the "${key}" option to be a function`);
  return undefined;
};

export const stringOption = (options: object, key: string, otherwise: string): string => {
  const value: unknown = key in options ? Reflect.get(options, key) : otherwise;
  if (typeof value !== 'string') throw new TypeError(`Expected the "${key}" option to be a string`);
  if (value === '') throw new TypeError(`The "${key}" option cannot be an empty string`);
  return value;
};

export const stringArgument = (value: unknown, position = 'first'): string => {
  if (typeof value !== 'string') throw new TypeError(`Expected ${position} argument to be a string`);
  return value;
};
