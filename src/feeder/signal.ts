/** Wakes one loop. A signal given while the loop is busy is kept, so that none is lost; many count as one. */
export class Signal {
  #given = false;
  #wake: (() => void) | undefined;

  give(): void {
    this.#given = true;
    this.#wake?.();
  }

  /** Resolves at the next signal, or at once if one was given since the last time. */
  async next(): Promise<void> {
    if (!this.#given) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    this.#given = false;
  }
}
