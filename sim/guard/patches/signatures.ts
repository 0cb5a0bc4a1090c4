/**
 * Signatures and encryption of `node:crypto`. Node computes the callback forms on another thread. A life computes them at
 * once and calls back by its own schedule. Where OpenSSL draws its own random numbers, the call is refused: no replay could
 * draw them again.
 */
import crypto, { type KeyObject } from 'node:crypto';
import { refuse } from '../../process/active-life.js';
import type { GuardedLife } from '../../process/guarded-life.js';
import { type Callable, divert } from '../patch.js';

const { RSA_NO_PADDING, RSA_PKCS1_PADDING } = crypto.constants;

const DETERMINISTIC = 'use a deterministic signature: Ed25519, or RSA with PKCS #1 padding';
const NO_RANDOM_PADDING =
  'encrypt with a symmetric cipher, under a key and an initialisation vector that you draw';
const PLAIN_EXPORT = 'export the key without a cipher';

const isKeyObject = (key: unknown): key is KeyObject => key instanceof crypto.KeyObject;

const optionOf = (key: unknown, name: string): unknown =>
  typeof key === 'object' && key !== null ? Reflect.get(key, name) : undefined;

/** The key in any of the forms in which it can be given; undefined for what is none, which the original refuses. */
const privateKeyOf = (key: unknown): KeyObject | undefined => {
  const inner = optionOf(key, 'key');
  if (isKeyObject(key)) return key;
  if (isKeyObject(inner)) return inner;
  try {
    return crypto.createPrivateKey(key as crypto.PrivateKeyInput); // it says itself what it can't take
  } catch {
    return undefined;
  }
};

/** Whether equal keys and data always give equal signatures. */
const isDeterministic = (key: unknown): boolean => {
  const type = privateKeyOf(key)?.asymmetricKeyType;
  if (type === undefined || type === 'ed25519' || type === 'ed448') return true;
  return type === 'rsa' && (optionOf(key, 'padding') ?? RSA_PKCS1_PADDING) === RSA_PKCS1_PADDING;
};

const refuseRandomSignature = (life: GuardedLife, name: string, key: unknown, patched: object): void => {
  if (isDeterministic(key)) return;
  const type = String(privateKeyOf(key)?.asymmetricKeyType);
  refuse(life, `${name} (a random signature, by a key of type ${type})`, DETERMINISTIC, patched);
};

/** Calls the original without its callback, which hears of the outcome in a turn of its own. */
const told = (life: GuardedLife, args: readonly unknown[], original: Callable): unknown => {
  const callback = args.at(-1);
  if (typeof callback !== 'function') return original(...args);
  let outcome: readonly unknown[];
  try {
    outcome = [null, original(...args.slice(0, -1))];
  } catch (error) {
    // What is wrong with an argument is thrown at once, as it is by Node.
    if (error instanceof TypeError) throw error;
    outcome = [error];
  }
  life.schedule(0, () => callback(...outcome));
  return undefined;
};

const patchExport = (): void => {
  const { privateKey } = crypto.generateKeyPairSync('ed25519');
  divert(Object.getPrototypeOf(privateKey), 'export', (life, args, original, patched) =>
    optionOf(args[0], 'cipher') === undefined
      ? original(...args)
      : refuse(life, 'KeyObject.export (with a cipher)', PLAIN_EXPORT, patched),
  );
};

/** Serves what is a function of its arguments, and refuses by name what is not. */
export const patchSignatures = (): void => {
  divert(crypto, 'sign', (life, args, original, patched) => {
    refuseRandomSignature(life, 'crypto.sign', args[2], patched);
    return told(life, args, original);
  });
  divert(crypto.Sign.prototype, 'sign', (life, args, original, patched) => {
    refuseRandomSignature(life, 'Sign.sign', args[0], patched);
    return original(...args);
  });
  for (const name of ['verify', 'decapsulate', 'diffieHellman'])
    divert(crypto, name, (life, args, original) => told(life, args, original));
  divert(crypto, 'publicEncrypt', (life, args, original, patched) =>
    optionOf(args[0], 'padding') === RSA_NO_PADDING
      ? original(...args)
      : refuse(life, 'crypto.publicEncrypt', NO_RANDOM_PADDING, patched),
  );
  divert(crypto, 'createDiffieHellman', (life, args, original, patched) =>
    typeof args[0] === 'number'
      ? refuse(life, 'crypto.createDiffieHellman (of a length)', 'hand the prime in', patched)
      : original(...args),
  );
  patchExport();
};
