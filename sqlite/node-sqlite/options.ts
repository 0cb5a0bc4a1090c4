/** The options of `node:sqlite`, checked as it checks them. */
import { invalidType } from './errors.js';

export const optionsOf = (options: unknown): object => {
  if (options === undefined) return {};
  if (typeof options !== 'object' || options === null)
    throw invalidType('The "options" argument must be an object.');
  return options;
};

export const booleanOption = (options: object, key: string, otherwise: boolean): boolean => {
  const value: unknown = Reflect.get(options, key);
  if (value === undefined) return otherwise;
  if (typeof value !== 'boolean') throw invalidType(`The "options.${key}" argument must be a boolean.`);
  return value;
};

export const functionArgument = (value: unknown, name: string): ((...args: unknown[]) => unknown) => {
  if (typeof value !== 'function') throw invalidType(`The "${name}" argument must be a function.`);
  return value as (...args: unknown[]) => unknown; // all that is done is to call it
};

export const stringArgument = (value: unknown, name: string): string => {
  if (typeof value !== 'string') throw invalidType(`The "${name}" argument must be a string.`);
  return value;
};
