/** The codes of errors, as TypeScript knows them: checked by `tsc`, as an error that is left out fails the build and no run. */
import { describe, expect, expectTypeOf, test } from 'vitest';
import { defineSuite, PowercutError, type PowercutErrorCode } from './index.js';
import type * as everything from './store.js';
import { openEventStore, realEnvironment, type StoreError, type StoreErrorCode } from './store.js';

type Exports = typeof everything;
type InstanceOf<Value> = Value extends new (...parts: never[]) => infer Instance ? Instance : never;
/** Every error class that `powercut/store` exports. */
type ExportedError = { [Name in keyof Exports]: Extract<InstanceOf<Exports[Name]>, Error> }[keyof Exports];

describe('StoreError', () => {
  test('is any error that powercut/store exports, told by its code', async () => {
    expectTypeOf<ExportedError>().toEqualTypeOf<StoreError>();
    expectTypeOf<StoreErrorCode>().extract<string>().toEqualTypeOf<StoreErrorCode>();
    expectTypeOf<'STORE_FULL' | 'CHECKPOINT_FOREIGN'>().toExtend<StoreErrorCode>();
    expectTypeOf<'STORE_FLOODED'>().not.toExtend<StoreErrorCode>();
    const opened = openEventStore(realEnvironment(), '/nowhere', { segmentBytes: -1 });
    const code: StoreErrorCode = 'INVALID_ARGUMENT';
    await expect(opened).rejects.toMatchObject({ code });
  });
});

describe('PowercutError', () => {
  test('has a code of a known set', () => {
    const code: PowercutErrorCode = 'SUITE_INVALID';
    // @ts-expect-error no such code
    expect(new PowercutError('SUITE_ODD', 'It is odd.').code).not.toBe(code);
    // @ts-expect-error a suite has parts
    expect(() => defineSuite({})).toThrow(expect.objectContaining({ code }));
  });
});
