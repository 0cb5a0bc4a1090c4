/** A document that becomes a page. */
export interface Document {
  /** From the root of the project; `api/…` for the generated reference. */
  readonly path: string;
  readonly markdown: string;
}
