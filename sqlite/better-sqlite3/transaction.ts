/** `db.transaction`: a function that runs within a transaction, or within a savepoint of the one that is open. */
import type { Handle } from './handle.js';
import { MAKES_STATEMENTS, Statement } from './statement.js';

type Call = (this: unknown, ...args: unknown[]) => unknown;

const KINDS = {
  default: 'BEGIN',
  deferred: 'BEGIN DEFERRED',
  immediate: 'BEGIN IMMEDIATE',
  exclusive: 'BEGIN EXCLUSIVE',
};
const SAVEPOINT = '`\t_bs3.\t`';

const statements = new WeakMap<Handle, Map<string, Statement>>();

const run = (handle: Handle, database: object, sql: string): void => {
  const known = statements.get(handle) ?? new Map<string, Statement>();
  statements.set(handle, known);
  const statement = known.get(sql) ?? new Statement(MAKES_STATEMENTS, handle, sql, database, 'plain');
  known.set(sql, statement);
  statement.run();
};

const isPromise = (value: unknown): boolean => typeof Reflect.get(Object(value), 'then') === 'function';

const wrapped = (handle: Handle, database: object, begin: string, call: Call): Call =>
  function sqliteTransaction(...args) {
    const isNested = handle.connection.inTransaction;
    const sql = (text: string): void => run(handle, database, text);
    sql(isNested ? `SAVEPOINT ${SAVEPOINT}` : begin);
    try {
      const result = Reflect.apply(call, this, args);
      if (isPromise(result)) throw new TypeError('Transaction function cannot return a promise');
      sql(isNested ? `RELEASE ${SAVEPOINT}` : 'COMMIT');
      return result;
    } catch (error) {
      if (handle.isOpen && handle.connection.inTransaction) {
        sql(isNested ? `ROLLBACK TO ${SAVEPOINT}` : 'ROLLBACK');
        if (isNested) sql(`RELEASE ${SAVEPOINT}`);
      }
      throw error;
    }
  };

/** The function, with its variants as properties. */
export const transactionOf = (handle: Handle, database: object, call: unknown): Call => {
  if (typeof call !== 'function') throw new TypeError('Expected first argument to be a function');
  handle.requireOpen();
  const variants = Object.entries(KINDS).map(
    ([kind, begin]) => [kind, wrapped(handle, database, begin, call as Call)] as const, // all that is done is to call it
  );
  const properties = {
    ...Object.fromEntries(variants.map(([kind, value]) => [kind, { value }])),
    database: { value: database, enumerable: true },
  };
  for (const [, variant] of variants) Object.defineProperties(variant, properties);
  const [[, first] = [undefined, undefined]] = variants;
  if (first === undefined) throw new Error('there are four kinds');
  return first;
};
