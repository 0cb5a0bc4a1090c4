/** What a program of a stack offers. */
export interface Ledger {
  /** Resolves when the deposit is saved. The same deposit again changes nothing. */
  deposit(id: number, amount: number): Promise<void>;
  /** The saved deposits, in their order. */
  deposits(): Promise<readonly Deposited[]>;
  /** What the read model says. */
  balance(): Promise<number>;
  /** Resolves when the read model has seen every deposit. Default: it has when `deposit` resolves. */
  caughtUp?(): Promise<void>;
}

export interface Deposited {
  readonly id: number;
  readonly amount: number;
}
