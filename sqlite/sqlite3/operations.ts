/** Which operations of a database may run: those that it starts at once, and those that wait for others or for its opening. */

/** Something that waits. */
export interface Operation {
  start(): void;
  /** Called where the database is closed before it starts. Returns whether the program has a callback for that. */
  refuse(reason: string): boolean;
}

interface Queued {
  readonly operation: Operation;
  readonly isExclusive: boolean;
}

export class Operations {
  /** Each operation waits for the ones before it. */
  isSerial = false;
  isOpen = false;
  /** Operations that were started and have not ended. */
  private pending = 0;
  /** One that runs alone has started. It stays so for good once the database is closed. */
  private isLocked = false;
  private readonly queue: Queued[] = [];

  /** @param unheard gets what no callback hears of */
  constructor(private readonly unheard: (reason: string) => void) {}

  begin(): void {
    this.pending += 1;
  }

  end(): void {
    this.pending -= 1;
  }

  schedule(operation: Operation, isExclusive = false): void {
    if (!this.isOpen && this.isLocked) {
      if (!operation.refuse('Database is closed')) this.unheard('Database is closed');
      return;
    }
    const mustWait = (this.isLocked || isExclusive || this.isSerial) && this.pending > 0;
    if (!this.isOpen || mustWait) {
      this.queue.push({ operation, isExclusive: isExclusive || this.isSerial });
      return;
    }
    this.isLocked = isExclusive;
    operation.start();
  }

  /** Starts what may start. */
  proceed(): void {
    if (!this.isOpen && this.isLocked && this.queue.length > 0) {
      const reason = 'Database handle is closed';
      const told = this.queue.splice(0).map(({ operation }) => operation.refuse(reason));
      if (!told.includes(true)) this.unheard(reason);
      return;
    }
    while (this.isOpen && (!this.isLocked || this.pending === 0)) {
      const next = this.queue[0];
      if (next === undefined || (next.isExclusive && this.pending > 0)) return;
      this.queue.shift();
      this.isLocked = next.isExclusive;
      next.operation.start();
      if (this.isLocked) return;
    }
  }
}
