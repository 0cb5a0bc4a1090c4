/** A realm: one set of the language's own objects. The process starts with one, and each `vm` context has another. */
export type Realm = Pick<
  typeof globalThis,
  'Array' | 'BigInt' | 'Date' | 'FinalizationRegistry' | 'Intl' | 'Math' | 'Number' | 'String' | 'Uint8Array'
> &
  object;
