/**
 * Whether JavaScript's own functions are still its own. The simulator shares them with the suite: where a suite file
 * replaces `Array.prototype.filter`, say, it replaces it in the simulator as well, and no result can be believed.
 *
 * Added functions are no matter.
 */

const { getOwnPropertyDescriptor, getPrototypeOf } = Object;
const { ownKeys } = Reflect;
const describe = String;

const iteratorOf = (iterable: Iterable<unknown>): object => getPrototypeOf(iterable[Symbol.iterator]());

/** What the simulator is written with. Not Error and Date: packages and the guard have reasons of their own. */
const TYPES = {
  Array,
  ArrayBuffer,
  BigInt,
  Boolean,
  DataView,
  Map,
  Number,
  Object,
  Promise,
  RegExp,
  Set,
  String,
  Symbol,
  Uint8Array,
  WeakMap,
  WeakSet,
};

/** By name. */
const OBJECTS: readonly (readonly [string, object])[] = [
  ...Object.entries(TYPES).flatMap(([name, type]): [string, object][] => [
    [name, type],
    [`${name}.prototype`, type.prototype],
  ]),
  ['Function.prototype', Function.prototype],
  ['TypedArray.prototype', getPrototypeOf(Uint8Array.prototype)],
  ['Buffer', Buffer],
  ['Buffer.prototype', Buffer.prototype],
  ['Math', Math],
  ['JSON', JSON],
  ['Reflect', Reflect],
  ['ArrayIterator.prototype', iteratorOf([])],
  ['MapIterator.prototype', iteratorOf(new Map())],
  ['SetIterator.prototype', iteratorOf(new Set())],
  ['StringIterator.prototype', iteratorOf('')],
  ['Iterator.prototype', getPrototypeOf(iteratorOf([]))],
  ['Generator.prototype', getPrototypeOf(getPrototypeOf((function* () {})()))],
];

/** Packages replace it by one that has a seed, and the simulator draws no number with it. */
const MAY_CHANGE = 'Math.random';

interface Known {
  readonly owner: object;
  readonly name: string;
  readonly key: string | symbol;
  readonly value: unknown;
  readonly get: unknown;
}

/** Takes what is there now, and returns what tells the first function that is another one since: 'Array.prototype.map'. */
export const watchBuiltins = (): (() => string | undefined) => {
  const all: Known[] = [];
  const take = (owner: object, prefix: string, key: string | symbol): void => {
    const descriptor = getOwnPropertyDescriptor(owner, key);
    const [value, get]: unknown[] = [descriptor?.value, descriptor?.get];
    const name = `${prefix}${describe(key)}`;
    if (name !== MAY_CHANGE && (typeof value === 'function' || get !== undefined))
      all.push({ owner, name, key, value, get });
  };
  for (const name of [...Object.keys(TYPES), 'Buffer', 'JSON', 'Reflect', 'Math']) take(globalThis, '', name);
  for (const [name, owner] of OBJECTS) for (const key of ownKeys(owner)) take(owner, `${name}.`, key);
  return () => {
    // By hand, and by index: whatever else it used might be what was replaced.
    for (let index = 0; index < all.length; index++) {
      const known = all[index];
      if (known === undefined) continue;
      const now = getOwnPropertyDescriptor(known.owner, known.key);
      if (now === undefined || now.value !== known.value || now.get !== known.get) return known.name;
    }
    return undefined;
  };
};
