/**
 * What was seen, and what of it some checked image covers. An image is known before it is checked, and may never be
 * checked where the exploration is stopped: until then it only has a claim. Claims are taken by the first image that
 * has one, so that collecting costs next to nothing once everything is claimed.
 */

const UNSEEN = 0;
const OPEN = 1;
const CLAIMED = 2;
const COVERED = 3;

/** A set of numbered items, small and dense, each unseen, open, claimed or covered. */
export class Claims {
  private states = new Uint8Array(64);
  private claims: { readonly item: number; readonly key: string }[] = [];
  /** How many items were seen and have no claim yet: where none has, there is nothing to look for. */
  open = 0;

  observe(item: number): void {
    if (item >= this.states.length) this.grow(item);
    if (this.states[item] !== UNSEEN) return;
    this.states[item] = OPEN;
    this.open += 1;
  }

  isSeen(item: number): boolean {
    return (this.states[item] ?? UNSEEN) !== UNSEEN;
  }

  isOpen(item: number): boolean {
    return this.states[item] === OPEN;
  }

  isCovered(item: number): boolean {
    return this.states[item] === COVERED;
  }

  /** The state of this key covers an item, once it is checked. */
  claim(item: number, key: string): void {
    if (this.states[item] !== OPEN) return;
    this.states[item] = CLAIMED;
    this.open -= 1;
    this.claims.push({ item, key });
  }

  /** At the end of an exploration: a claim holds where its state was checked. */
  resolveClaims(isChecked: (key: string) => boolean): void {
    for (const { item, key } of this.claims) {
      const covered = isChecked(key);
      this.states[item] = covered ? COVERED : OPEN;
      if (!covered) this.open += 1;
    }
    this.claims = [];
  }

  private grow(item: number): void {
    const larger = new Uint8Array(Math.max(item + 1, this.states.length * 2));
    larger.set(this.states);
    this.states = larger;
  }
}
