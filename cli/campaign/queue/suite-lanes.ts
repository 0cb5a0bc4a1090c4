/**
 * The places of a machine, each a lane: it takes the units of one suite as long as there are any, then those of another. So a
 * process that has loaded a suite, and is fast at it, has work, and few processes load a suite.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** A suite that has no unit now may have one soon: the next round of its random runs, say. */
const LINGER_MS = 100;
/** A lane with nothing to do looks for other suites this often, at first and in the end. */
const LOOK_MS_MIN = 50;
const LOOK_MS_MAX = 1_000;

/** Takes units of one suite, one after the other, until it is closed. */
export interface Taking {
  /** Since when it has had nothing to do, by `performance.now()`. Undefined: it explores a unit. */
  readonly idleSinceMs: number | undefined;
  /** Resolves when the unit under way is explored; with `isForced` at once. */
  close(isForced: boolean): Promise<void>;
}

export interface LaneOptions {
  readonly suites: number;
  /** The suite to begin with. Machines that begin with different ones load fewer suites each. */
  readonly first: number;
  /** How many units of a suite no machine has taken. */
  readonly waiting: (suite: number) => Promise<number>;
  /** Whether a process that has loaded the suite has nothing to do. */
  readonly isLoaded: (suite: number) => boolean;
  readonly take: (suite: number) => Taking;
  readonly onError: (error: Error) => void;
}

interface Lane {
  suite: number | undefined;
  taking: Taking | undefined;
}

const isIdle = ({ taking }: Lane): boolean =>
  taking === undefined ||
  (taking.idleSinceMs !== undefined && performance.now() - taking.idleSinceMs >= LINGER_MS);

export class SuiteLanes {
  private readonly lanes: readonly Lane[];
  private readonly running: Promise<unknown>;
  private readonly closing = new AbortController();

  constructor(
    count: number,
    private readonly options: LaneOptions,
  ) {
    this.lanes = Array.from({ length: count }, () => ({ suite: undefined, taking: undefined }));
    this.running = Promise.all(this.lanes.map((lane) => this.run(lane)));
  }

  private async run(lane: Lane): Promise<void> {
    const { signal } = this.closing;
    let pauseMs = LOOK_MS_MIN;
    while (!signal.aborted) {
      if (isIdle(lane)) {
        const hasMoved = await this.move(lane);
        pauseMs = hasMoved ? LOOK_MS_MIN : Math.min(2 * pauseMs, LOOK_MS_MAX);
      } else pauseMs = LOOK_MS_MIN;
      await delay(pauseMs, undefined, { signal }).catch(() => undefined); // it is closed
    }
  }

  /** Goes on to another suite. False: there is none, or the lane's own has units again. */
  private async move(lane: Lane): Promise<boolean> {
    const { suites, waiting, onError, take } = this.options;
    let counts: readonly number[];
    try {
      counts = await Promise.all(Array.from({ length: suites }, (_, suite) => waiting(suite)));
    } catch (thrown) {
      if (!this.closing.signal.aborted) onError(thrown instanceof Error ? thrown : new Error(String(thrown)));
      return false;
    }
    const next = this.choose(lane, counts);
    if (next === undefined) return false;
    const { taking } = lane;
    // The others count it from now on.
    lane.suite = next;
    await taking?.close(false);
    if (this.closing.signal.aborted) return false;
    lane.taking = take(next);
    return true;
  }

  /** One that is loaded before others, then the one with the fewest lanes, then the next in order. */
  private choose(lane: Lane, counts: readonly number[]): number | undefined {
    const { suites, first, isLoaded } = this.options;
    const isWaiting = (suite: number): boolean => (counts[suite] ?? 0) > 0;
    if (lane.suite !== undefined && isWaiting(lane.suite)) return undefined;
    const lanesAt = (suite: number): number => this.lanes.filter((one) => one.suite === suite).length;
    return Array.from({ length: suites }, (_, index) => (first + index) % suites)
      .filter(isWaiting)
      .sort((one, other) => lanesAt(one) - lanesAt(other))
      .sort((one, other) => Number(isLoaded(other)) - Number(isLoaded(one)))[0];
  }

  /** Takes no more units. Resolves when those under way are explored; with `isForced` at once. */
  async close(isForced: boolean): Promise<void> {
    this.closing.abort();
    if (!isForced) await this.running;
    await Promise.all(this.lanes.map(({ taking }) => taking?.close(isForced)));
  }
}
