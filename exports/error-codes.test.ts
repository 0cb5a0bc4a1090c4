/** The codes of errors, as TypeScript knows them: checked by `tsc`, as an error that is left out fails the build and no run. */
import { describe, expect, expectTypeOf, test } from 'vitest';
import { UsageError } from '../cli/usage-error.js';
import { MergeError } from '../reports/result/merge.js';
import { readResult } from '../reports/result/read-result.js';
import { decodeToken } from '../sim/replay/token.js';
import { defineSuite, PowercutError, type PowercutErrorCode } from './index.js';
import type * as everything from './store.js';
import { openEventStore, realEnvironment, type StoreError, type StoreErrorCode } from './store.js';

type Exports = typeof everything;
type InstanceOf<Value> = Value extends new (...parts: never[]) => infer Instance ? Instance : never;
const caught = (call: () => unknown): unknown => {
  try {
    return call();
  } catch (error) {
    return error;
  }
};

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
  test('is the base of the store, the simulator, the reports and the command line', async () => {
    const thrown = [
      new UsageError('NOTHING_TO_DO', 'There is nothing to do.'),
      new MergeError('MERGE_NOTHING', 'There is nothing to merge.'),
      await openEventStore(realEnvironment(), '/nowhere', { segmentBytes: -1 }).catch(
        (error: unknown) => error,
      ),
      caught(() => decodeToken('garbage')),
      caught(() => readResult('garbage', 'a file')),
    ];
    for (const error of thrown) expect(error).toBeInstanceOf(PowercutError);
    const codes = thrown.map((error) => (error instanceof PowercutError ? error.code : undefined));
    expectTypeOf(codes).toEqualTypeOf<(PowercutErrorCode | undefined)[]>();
    expect(codes).toEqual([
      'NOTHING_TO_DO',
      'MERGE_NOTHING',
      'INVALID_ARGUMENT',
      'TOKEN_MALFORMED',
      'RESULT_FILE_NOT_JSON',
    ]);
  });

  test('has a code of a known set', () => {
    expectTypeOf<'STORE_FULL' | 'SUITE_INVALID' | 'TOKEN_VERSION'>().toExtend<PowercutErrorCode>();
    expectTypeOf<'SUITE_ODD'>().not.toExtend<PowercutErrorCode>();
    const code: PowercutErrorCode = 'SUITE_INVALID';
    // @ts-expect-error a suite has parts
    expect(() => defineSuite({})).toThrow(expect.objectContaining({ code }));
  });
});
