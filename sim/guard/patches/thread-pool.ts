/**
 * Computations that Node does on another thread and brings back when they happen to be done. In a life they are done at
 * once, and their result is brought back by the life's own schedule.
 */
import crypto from 'node:crypto';
import zlib from 'node:zlib';
import { type Callable, divert } from '../patch.js';

const isMisuse = (error: unknown): boolean => error instanceof TypeError || error instanceof RangeError;

/** Serves `owner[name](...args, callback)` by `owner[nameSync](...args)`. Misuse throws at once, as it does in Node. */
const serveBySync = (owner: object, name: string): void => {
  const sync: unknown = Reflect.get(owner, `${name}Sync`);
  if (typeof sync !== 'function') return;
  const compute = sync as Callable; // the synchronous twin: same arguments, no callback
  divert(owner, name, (life, args, original) => {
    const callback = args.at(-1);
    if (typeof callback !== 'function') return original(...args); // throws: a callback is required
    let outcome: readonly unknown[];
    try {
      outcome = [null, compute(...args.slice(0, -1))];
    } catch (error) {
      if (isMisuse(error)) throw error;
      outcome = [error];
    }
    life.schedule(0, () => callback(...outcome));
    return undefined;
  });
};

const patchDigest = (): void => {
  const prototype: object = Object.getPrototypeOf(crypto.webcrypto.subtle);
  divert(prototype, 'digest', async (_life, [algorithm, data]) => {
    const name = typeof algorithm === 'string' ? algorithm : String(Reflect.get(Object(algorithm), 'name'));
    // Web Crypto's bytes are any view or buffer; the hash takes views.
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data as ArrayBuffer);
    const digest = crypto.createHash(name.replace('-', '').toLowerCase()).update(bytes).digest();
    return digest.buffer.slice(digest.byteOffset, digest.byteOffset + digest.byteLength);
  });
};

/** The synchronous half of WebAssembly, which the types of Node 20 leave out. */
interface WebAssemblyClasses {
  readonly Module: new (bytes: unknown) => object;
  readonly Instance: new (module: object, imports: unknown) => object;
}

/** Compiles and instantiates at once, in one realm. */
export const patchWebAssembly = (realm: object): void => {
  const owner: object = Object(Reflect.get(realm, 'WebAssembly'));
  const { Module, Instance } = owner as WebAssemblyClasses; // the two classes every runtime has under this name
  divert(owner, 'compile', async (_life, [bytes]) => new Module(bytes));
  divert(owner, 'instantiate', async (_life, [source, imports]) => {
    if (source instanceof Module) return new Instance(source, imports);
    const module = new Module(source);
    return { module, instance: new Instance(module, imports) };
  });
};

/** Serves zlib's one-shot functions, key derivation, digests and WebAssembly. */
export const patchOffThread = (): void => {
  for (const name of Object.keys(zlib)) if (`${name}Sync` in zlib) serveBySync(zlib, name);
  for (const name of ['argon2', 'pbkdf2', 'scrypt', 'hkdf', 'checkPrime']) serveBySync(crypto, name);
  patchDigest();
  patchWebAssembly(globalThis);
};
