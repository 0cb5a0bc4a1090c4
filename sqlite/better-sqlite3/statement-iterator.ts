/** The rows of a statement, one at a time. */

/** One run of a statement. */
export interface RowSource {
  requireIdle(): void;
  /** Undefined: there are no more, or reading failed. */
  next(): { readonly value: unknown } | undefined;
  /** Called once. @throws what reading failed with */
  end(): void;
}

/** The rows of one execution of a statement. */
export class StatementIterator implements IterableIterator<unknown> {
  declare readonly statement: object;
  #rows: RowSource | undefined;
  readonly #requireIdle: () => void;

  constructor(statement: object, rows: RowSource) {
    this.#rows = rows;
    this.#requireIdle = () => rows.requireIdle();
    Object.defineProperty(this, 'statement', { enumerable: true, value: statement });
  }

  /** Returns the next row. */
  next(): IteratorResult<unknown> {
    this.#requireIdle();
    if (this.#rows === undefined) return { value: undefined, done: true };
    let row: { readonly value: unknown } | undefined;
    try {
      row = this.#rows.next();
    } catch (error) {
      this.#end();
      throw error;
    }
    return row === undefined ? this.#end() : { value: row.value, done: false };
  }

  /** Ends the execution before its last row. */
  return(): IteratorResult<unknown> {
    this.#requireIdle();
    return this.#end();
  }

  /** Returns the iterator itself. */
  [Symbol.iterator](): this {
    return this;
  }

  #end(): IteratorResult<unknown> {
    const rows = this.#rows;
    this.#rows = undefined;
    rows?.end();
    return { value: undefined, done: true };
  }
}
