import { afterEach, describe, expect, it } from 'vitest';
import { watchBuiltins } from './builtins.js';

const undone: (() => void)[] = [];
afterEach(() => {
  for (const undo of undone.splice(0)) undo();
});

/** Replaces a member until the end of the test. */
const replace = (owner: object, key: PropertyKey, by: PropertyDescriptor): void => {
  const was = Reflect.getOwnPropertyDescriptor(owner, key);
  undone.push(() => {
    if (was === undefined) Reflect.deleteProperty(owner, key);
    else Reflect.defineProperty(owner, key, was);
  });
  Reflect.defineProperty(owner, key, { ...by, configurable: true });
};

const arrayIterator: object = Reflect.getPrototypeOf([].values()) ?? {};

describe('watchBuiltins', () => {
  it('finds nothing where nothing was replaced', () => expect(watchBuiltins()()).toBeUndefined());

  it.each<[string, object, PropertyKey]>([
    ['Array.prototype.with', Array.prototype, 'with'],
    ['Map.prototype.clear', Map.prototype, 'clear'],
    ['Promise.any', Promise, 'any'],
    ['JSON.parse', JSON, 'parse'],
    ['Math.cbrt', Math, 'cbrt'],
    ['Buffer.compare', Buffer, 'compare'],
    ['Buffer.prototype.swap64', Buffer.prototype, 'swap64'],
    ['Reflect.isExtensible', Reflect, 'isExtensible'],
    ['String.prototype.anchor', String.prototype, 'anchor'],
    ['WeakSet', globalThis, 'WeakSet'],
    ['ArrayIterator.prototype.next', arrayIterator, 'next'],
  ])('names %s when it is replaced', (name, owner, key) => {
    const changed = watchBuiltins();
    const original: unknown = Reflect.get(owner, key);
    replace(owner, key, {
      value: function (this: unknown, ...rest: readonly unknown[]) {
        return Reflect.apply(original as () => unknown, this, rest); // a function, by the table above
      },
    });
    expect(changed()).toBe(name);
  });

  it('names a getter that is replaced, and a function that is deleted', () => {
    const changed = watchBuiltins();
    replace(Map.prototype, 'size', { get: () => 0 });
    expect(changed()).toBe('Map.prototype.size');
    for (const undo of undone.splice(0)) undo();
    expect(changed()).toBeUndefined();
    const { trimStart } = String.prototype;
    Reflect.deleteProperty(String.prototype, 'trimStart');
    undone.push(() =>
      Reflect.defineProperty(String.prototype, 'trimStart', {
        value: trimStart,
        configurable: true,
        writable: true,
      }),
    );
    expect(changed()).toBe('String.prototype.trimStart');
  });

  it('leaves what is added, what was replaced before, and the dice', () => {
    replace(Math, 'random', { value: () => 0.5 });
    replace(Array.prototype, 'lastly', { value: () => 1 });
    replace(Math, 'fround', { value: (number: number) => number });
    const changed = watchBuiltins();
    replace(Math, 'random', { value: () => 0.25 });
    replace(Object.prototype, 'added', { value: 1 });
    expect(changed()).toBeUndefined();
  });
});
