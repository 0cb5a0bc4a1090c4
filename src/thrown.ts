/** Anything can be thrown, and anything may be wrong with it: text of it, whatever it is. */
import { types } from 'node:util';

/** What `read` gives, or undefined if it throws: a getter, a proxy, a conversion to text. */
const attempted = (read: () => unknown): unknown => {
  try {
    return read();
  } catch {
    return undefined;
  }
};

/** Its text. Never throws. An object whose conversion throws gives its kind, such as '[object Object]'. */
export const textOfThrown = (thrown: unknown): string => {
  const text = attempted(() => String(thrown));
  if (typeof text === 'string') return text;
  const kind = attempted(() => Object.prototype.toString.call(thrown));
  return typeof kind === 'string' ? kind : typeof thrown;
};

/** A field of it that is a text; undefined where it has none. */
export const textFieldOf = (thrown: unknown, field: string): string | undefined => {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const value = attempted(() => Reflect.get(thrown, field));
  return typeof value === 'string' ? value : undefined;
};

/** The stable code of an error: 'ENOENT', 'STORE_FAILED', ... Undefined where it has none. */
export const errorCode = (thrown: unknown): string | undefined =>
  isError(thrown) ? textFieldOf(thrown, 'code') : undefined;

/** Whether it is an error, of whatever realm: where tests run in a realm of their own, as in Jest, Node's errors are of another. */
export const isError = (thrown: unknown): boolean =>
  attempted(() => thrown instanceof Error || types.isNativeError(thrown)) === true;
