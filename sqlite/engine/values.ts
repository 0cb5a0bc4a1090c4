/** Values as SQL has them and as JavaScript has them. */
import { BLOB, FLOAT, INTEGER, OK, type Pointer, TEXT, TOOBIG, TRANSIENT } from '../wasm/c-api.js';
import type { Machine } from '../wasm/machine.js';

export type SqlValue = number | bigint | string | Buffer | null;

/** What `bind` and `result` return for a value that SQL has no type for. */
export const NO_SUCH_TYPE = -1;

/** @param wantsBigints integers as bigints; otherwise as numbers, which may lose digits beyond 2^53 */
export const valueAt = ({ api, heap }: Machine, value: Pointer, wantsBigints: boolean): SqlValue => {
  switch (api.sqlite3_value_type(value)) {
    case INTEGER:
      return wantsBigints ? api.sqlite3_value_int64(value) : api.sqlite3_value_double(value);
    case FLOAT:
      return api.sqlite3_value_double(value);
    case TEXT: {
      const at = api.sqlite3_value_text(value);
      return heap.toString('utf8', at, at + api.sqlite3_value_bytes(value));
    }
    case BLOB: {
      const at = api.sqlite3_value_blob(value);
      return Buffer.from(heap.subarray(at, at + api.sqlite3_value_bytes(value)));
    }
    default:
      return null;
  }
};

/** Where a value goes: a parameter of a statement, or the result of a function. Each returns SQLite's code. */
interface Target {
  null(): number;
  double(value: number): number;
  int64(value: bigint): number;
  text(at: Pointer, bytes: number): number;
  blob(at: Pointer, bytes: number): number;
}

const fitsInt64 = (value: bigint): boolean => BigInt.asIntN(64, value) === value;

const put = (machine: Machine, target: Target, value: unknown): number => {
  if (typeof value === 'number') return target.double(value);
  if (typeof value === 'bigint') return fitsInt64(value) ? target.int64(value) : TOOBIG;
  if (typeof value === 'string') return machine.withText(value, (at, bytes) => target.text(at, bytes));
  if (value === null || value === undefined) return target.null();
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return machine.withBytes(bytes, (at, length) => target.blob(at, length));
  }
  return NO_SUCH_TYPE;
};

/** @returns SQLite's code, TOOBIG also for a bigint beyond 64 bits, or {@link NO_SUCH_TYPE} */
export const bind = (machine: Machine, statement: Pointer, index: number, value: unknown): number => {
  const { api } = machine;
  return put(
    machine,
    {
      null: () => api.sqlite3_bind_null(statement, index),
      double: (number) => api.sqlite3_bind_double(statement, index, number),
      int64: (integer) => api.sqlite3_bind_int64(statement, index, integer),
      text: (at, bytes) => api.sqlite3_bind_text(statement, index, at, bytes, TRANSIENT),
      blob: (at, bytes) => api.sqlite3_bind_blob(statement, index, at, bytes, TRANSIENT),
    },
    value,
  );
};

/** As {@link bind}, for the result of a function. */
export const result = (machine: Machine, context: Pointer, value: unknown): number => {
  const { api } = machine;
  const done = (act: () => void): number => {
    act();
    return OK;
  };
  return put(
    machine,
    {
      null: () => done(() => api.sqlite3_result_null(context)),
      double: (number) => done(() => api.sqlite3_result_double(context, number)),
      int64: (integer) => done(() => api.sqlite3_result_int64(context, integer)),
      text: (at, bytes) => done(() => api.sqlite3_result_text(context, at, bytes, TRANSIENT)),
      blob: (at, bytes) => done(() => api.sqlite3_result_blob(context, at, bytes, TRANSIENT)),
    },
    value,
  );
};
