/** What the objects of the web tell of the clock and of the dice: when an event came, a file's age, a blob's address. */
import buffer, { type Blob } from 'node:buffer';
import { active } from '../../process/active-life.js';
import type { GuardedLife } from '../../process/guarded-life.js';
import { divert, put } from '../patch.js';
import { uuid } from './randomness.js';

const EVENTS = ['Event', 'CustomEvent', 'MessageEvent', 'CloseEvent', 'ErrorEvent'];

/** When the events of lives were made; those that Node makes itself, when somebody first asked. */
const madeAt = new WeakMap<object, number>();

const patchEvents = (): void => {
  for (const name of EVENTS)
    divert(globalThis, name, (life, args, make) => {
      const event = Object(make(...args));
      madeAt.set(event, life.now());
      return event;
    });
  const { prototype } = Event;
  const { get } = Object.getOwnPropertyDescriptor(prototype, 'timeStamp') ?? {};
  Reflect.defineProperty(prototype, 'timeStamp', {
    configurable: true,
    enumerable: true,
    get: function timeStamp(this: object): unknown {
      const { life } = active;
      const known = madeAt.get(this);
      if (known !== undefined || life === undefined) return known ?? get?.call(this);
      madeAt.set(this, life.now());
      return life.now();
    },
  });
};

const patchFiles = (): void => {
  const owner = 'File' in globalThis ? globalThis : buffer;
  divert(owner, 'File', (life, [parts, name, options, ...rest], make) => {
    const given = Object(options);
    const lastModified = given.lastModified ?? Math.floor(life.now());
    return make(parts, name, { ...given, lastModified }, ...rest);
  });
  // One class under two names.
  if (owner !== buffer) put(buffer, 'File', Reflect.get(owner, 'File'));
};

/** The blobs of a life by the addresses it gave them. */
const addresses = new WeakMap<GuardedLife, Map<string, unknown>>();

const addressesOf = (life: GuardedLife): Map<string, unknown> => {
  const known = addresses.get(life) ?? new Map<string, unknown>();
  addresses.set(life, known);
  return known;
};

const patchAddresses = (): void => {
  divert(URL, 'createObjectURL', (life, [blob], original) => {
    // The original says what it can't take; its address, drawn by the host, is given back at once.
    URL.revokeObjectURL(String(original(blob)));
    const address = `blob:nodedata:${uuid(life)}`;
    addressesOf(life).set(address, blob);
    return address;
  });
  divert(URL, 'revokeObjectURL', (life, [address], original) => {
    if (!addressesOf(life).delete(String(address))) original(address);
  });
  divert(
    buffer,
    'resolveObjectURL',
    (life, [address]): Blob | undefined => addressesOf(life).get(String(address)) as Blob | undefined, // put there above
  );
};

const CHUNK_BYTES = 65_536;

/** Later versions of Node wait for a turn of the real event loop between two pieces of a blob. */
const patchBlobs = (): void => {
  divert(buffer.Blob.prototype, 'stream', (_life, _args, _original, _patched, self) => {
    const blob = self as Blob; // the original is a method of no other objects
    const start = async (controller: ReadableByteStreamController): Promise<void> => {
      const bytes = new Uint8Array(await blob.arrayBuffer());
      for (let from = 0; from < bytes.length; from += CHUNK_BYTES)
        controller.enqueue(bytes.slice(from, from + CHUNK_BYTES));
      controller.close();
    };
    return new ReadableStream({ type: 'bytes', start });
  });
};

export const patchWebObjects = (): void => {
  patchEvents();
  patchFiles();
  patchBlobs();
  patchAddresses();
};
