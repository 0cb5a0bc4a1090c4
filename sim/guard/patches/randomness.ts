/** The dice: `Math.random` and the randomness of `node:crypto` and of the global `crypto`. */
import crypto from 'node:crypto';
import { active } from '../../process/active-life.js';
import type { GuardedLife } from '../../process/guarded-life.js';
import { type Callable, divert, imitate, put } from '../patch.js';
import type { Realm } from '../realm.js';

/** Uniform in [0, 1), with all 53 bits of a double's fraction. */
const fraction = (life: GuardedLife): number =>
  ((life.randomUint32() >>> 5) * 2 ** 26 + (life.randomUint32() >>> 6)) / 2 ** 53;

const fill = (
  life: GuardedLife,
  target: ArrayBuffer | ArrayBufferView,
  from: number,
  count: number,
): void => {
  const bytes = ArrayBuffer.isView(target)
    ? new Uint8Array(target.buffer, target.byteOffset + from, count)
    : new Uint8Array(target, from, count);
  let word = 0;
  for (let index = 0; index < count; index++) {
    if (index % 4 === 0) word = life.randomUint32();
    bytes[index] = word >>> (8 * (index % 4));
  }
};

/** Version 4 is random; version 7 is random after the 48 bits of the time in milliseconds. */
export const uuid = (life: GuardedLife, version: 4 | 7 = 4): string => {
  const bytes = Buffer.alloc(16);
  fill(life, bytes, 0, bytes.length);
  if (version === 7) bytes.writeUIntBE(Math.floor(life.now()), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | (version << 4), 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8); // the RFC's variant
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

/** Uniform in [0, range): draws that would favour the low numbers are thrown away. */
const below = (life: GuardedLife, range: number): number => {
  const limit = 2 ** 53 - (2 ** 53 % range);
  for (;;) {
    const drawn = (life.randomUint32() >>> 11) * 2 ** 32 + life.randomUint32();
    if (drawn < limit) return drawn % range;
  }
};

/** Splits a callback off the end of `args`; without one the call is synchronous. */
const splitCallback = (
  args: readonly unknown[],
): { readonly rest: readonly unknown[]; readonly callback: Callable | undefined } => {
  const last = args.at(-1);
  if (typeof last !== 'function') return { rest: args, callback: undefined };
  return { rest: args.slice(0, -1), callback: last as Callable }; // a function: that is all a callback has to be
};

const deliver = (life: GuardedLife, callback: Callable | undefined, result: unknown): unknown => {
  if (callback === undefined) return result;
  life.schedule(0, () => callback(null, result));
  return undefined;
};

/** The original checks the arguments and makes the result. Then bytes drawn from the life replace its bytes. */
const refill = (life: GuardedLife, real: Callable, args: readonly unknown[]): unknown => {
  const result = real(...args);
  if (!ArrayBuffer.isView(result) && !(result instanceof ArrayBuffer)) return result;
  // Offset and size are counted in elements, as randomFill counts them.
  const unit =
    'BYTES_PER_ELEMENT' in result && typeof result.BYTES_PER_ELEMENT === 'number'
      ? result.BYTES_PER_ELEMENT
      : 1;
  const from = typeof args[1] === 'number' ? args[1] * unit : 0;
  const count = typeof args[2] === 'number' ? args[2] * unit : result.byteLength - from;
  fill(life, result, from, count);
  return result;
};

const patchNodeCrypto = (): void => {
  const realFillSync = crypto.randomFillSync as unknown as Callable; // called with arguments it checks itself
  for (const name of ['randomBytes', 'pseudoRandomBytes', 'prng', 'rng']) {
    divert(crypto, name, (life, args, original) => {
      const { callback } = splitCallback(args);
      return deliver(life, callback, refill(life, original, args.slice(0, 1)));
    });
  }
  divert(crypto, 'randomFillSync', (life, args, original) => refill(life, original, args));
  divert(crypto, 'randomFill', (life, args, original) => {
    const { rest, callback } = splitCallback(args);
    if (callback === undefined) return original(...args); // throws: a callback is required
    return deliver(life, callback, refill(life, realFillSync, rest));
  });
  const realInt = crypto.randomInt as unknown as Callable; // called with arguments it checks itself
  divert(crypto, 'randomInt', (life, args) => {
    const { rest, callback } = splitCallback(args);
    realInt(...rest);
    const [low, high] = rest.length < 2 ? [0, Number(rest[0])] : [Number(rest[0]), Number(rest[1])];
    return deliver(life, callback, low + below(life, high - low));
  });
  divert(crypto, 'randomUUID', (life, args, original) => {
    original(...args); // checks the options
    return uuid(life);
  });
  divert(crypto, 'randomUUIDv7', (life, args, original) => {
    original(...args); // checks the options
    return uuid(life, 7);
  });
};

/** Serves the dice that every realm has for itself. */
export const patchDice = ({ Math: owner }: Realm): void => {
  const realRandom = owner.random;
  put(
    owner,
    'random',
    imitate(realRandom, () => (active.life === undefined ? realRandom() : fraction(active.life))),
  );
};

/** Serves every draw from the life's `randomUint32()`. Keys and primes can't be drawn so; other patches refuse them. */
export const patchRandomness = (): void => {
  patchDice(globalThis);
  patchNodeCrypto();
  // node:crypto's own getRandomValues is a getter bound to these.
  const web: object = Object.getPrototypeOf(crypto.webcrypto);
  divert(web, 'getRandomValues', (life, args, original) => refill(life, original, args.slice(0, 1)));
  divert(web, 'randomUUID', (life) => uuid(life));
};
