/**
 * A worker as the command line sees it: a process with one task at a time. Its death is reported at once, and one that does
 * not stop on request is killed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Duplex, Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { FirstFound } from '../../sim/explore/counting/tally.js';
import type { Slice } from '../../sim/explore/exhaustive/slices.js';
import type { ExploreProgress } from '../../sim/explore/options.js';
import { SILENT_MS_MAX } from '../defaults.js';
import type { FromWatchdog, Task, ToWatchdog } from '../messages/messages.js';
import type { Answer, ExploreSlice, TaskWorker } from '../messages/task-worker.js';
import { isFromWatchdog } from '../messages/validate.js';
import { FrameReader, FrameWriter, KEY_BYTES } from '../messages/wire.js';
import { relay } from './relay.js';

/** The worker is no more: out of memory, killed, or ended by a suite. */
export class WorkerDied extends Error {
  override readonly name: string = 'WorkerDied';
}

/** The worker was ended: its suite did not come back. */
export class WorkerStuck extends WorkerDied {
  override readonly name = 'WorkerStuck';

  constructor(
    /** What its suite's functions were called for last. */
    readonly doing: string,
    /** Innermost frame first. */
    readonly stackOfSuite: readonly string[],
  ) {
    const [frame] = stackOfSuite;
    super(`it did not come back from ${doing}${frame === undefined ? '' : `, in ${frame}`}`);
  }
}

/** The worker was ended: it went on, and was not done when it had to be. */
export class WorkerLate extends WorkerDied {
  override readonly name = 'WorkerLate';

  constructor(doing: string) {
    super(`its time was up while it was ${doing}`);
  }
}

/** Debugger options of this process are not for its workers: they would compete for its port. */
const forWorkers = (argument: string): boolean => !argument.startsWith('--inspect');

/** Whatever happens to this process, its workers do not stay behind. */
const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** From the request to stop to that for its whereabouts. A current life is abandoned within it. */
const STOP_GRACE_MS = 1_500;
/** From that request to its end, if there is no answer. */
const LOCATE_GRACE_MS = 3_500;
/** Of one that goes on: it stops where it next looks at the time, which a loaded machine lets it do late. */
const BUSY_GRACE_MS = 15_000;
/** Of one that loads a file: it looks at no clock. */
const LOADING_GRACE_MS = 1_000;
const BUSY_LOOK_MS = 1_000;

const PRINTING_GRACE_MS = 500;
/** Between the end of the pipe and that of the process, which says why. */
const CLOSED_GRACE_MS = 2_000;
const TIMER_MS_MAX = 2_147_483_647;

/** Of the pipe, in every worker process. */
const PIPE = 3;

export interface WorkerOptions {
  /** Default: {@link SILENT_MS_MAX}. */
  readonly silentMsMax?: number;
}

export class WorkerProcess implements TaskWorker {
  private readonly child: ChildProcess;
  private readonly writer: FrameWriter;
  private readonly reader: FrameReader;
  private readonly pipe: Duplex;
  private answer: ((message: Answer) => void) | undefined;
  private onProgress: (progress: ExploreProgress) => void = () => undefined;
  private die: (reason: WorkerDied) => void = () => undefined;
  private handedOut: (number: number, slice: Slice) => void = () => undefined;
  private timer: NodeJS.Timeout | undefined;
  private busyGraceMs = BUSY_GRACE_MS;
  private busyEndMs = 0;
  private isStopped = false;
  private spentMs = 0;
  private foundFirst: FirstFound[] = [];
  /** Rejects when nothing more is to be expected of the process, with the reason. */
  private readonly death: Promise<never>;
  private readonly gone: Promise<void>;
  private readonly printed: Promise<unknown>;

  constructor(module: URL, { silentMsMax = SILENT_MS_MAX }: WorkerOptions = {}) {
    const key = randomBytes(KEY_BYTES);
    this.writer = new FrameWriter(key);
    this.reader = new FrameReader(key);
    const execArgv = process.execArgv.filter(forWorkers);
    this.child = spawn(process.execPath, [...execArgv, fileURLToPath(module)], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    alive.add(this.child);
    this.death = new Promise((_, reject) => {
      this.die = reject;
    });
    // A worker may end while no task is under way.
    this.death.catch(() => undefined);
    this.gone = this.watch();
    // As `stdio` says, these are there.
    this.pipe = this.child.stdio[PIPE] as Duplex;
    this.printed = Promise.all([
      relay(this.child.stdout as Readable, process.stdout),
      relay(this.child.stderr as Readable, process.stderr),
    ]);
    this.pipe.on('data', (chunk: Buffer) => this.take(chunk));
    // A message that can't be delivered means that the worker is dead, and is reported as that.
    this.pipe.on('error', () => undefined);
    this.pipe.on('close', () => void this.pipeClosed());
    this.pipe.write(key);
    this.send({ kind: 'watch', silentMsMax });
  }

  /** Milliseconds of processor time that the process had used when it answered last. */
  get processorMs(): number {
    return this.spentMs;
  }

  /** Its findings since the last request. */
  get found(): readonly FirstFound[] {
    return this.foundFirst;
  }

  private watch(): Promise<void> {
    return new Promise((resolve) => {
      this.child.once('error', (error) => {
        this.die(new WorkerDied(error.message));
        resolve();
      });
      this.child.once('exit', (code, signal) => {
        alive.delete(this.child);
        this.clearTimers();
        const how = signal === null ? `it ended with exit code ${code}` : `it was killed, ${signal}`;
        void this.allRead().then(() => {
          this.die(new WorkerDied(how));
          resolve();
        });
      });
    });
  }

  /** A busy machine reports the exit of a process before it has read all that the process sent: its result may be in that. */
  private async allRead(): Promise<void> {
    if (this.pipe.closed) return;
    const closed = new Promise<void>((resolve) => this.pipe.once('close', () => resolve()));
    await Promise.race([closed, delay(CLOSED_GRACE_MS, undefined, { ref: false })]);
  }

  /** A suite can close the pipe: then nothing more is heard of the worker, which may go on. */
  private async pipeClosed(): Promise<void> {
    await Promise.race([this.gone, delay(CLOSED_GRACE_MS, undefined, { ref: false })]);
    this.kill(new WorkerDied('its pipe to the command line was closed'));
  }

  private take(chunk: Buffer): void {
    for (const value of this.messagesIn(chunk)) {
      if (isFromWatchdog(value)) this.heard(value);
      else this.kill(new WorkerDied('it sent what is no answer'));
    }
  }

  private messagesIn(chunk: Buffer): readonly unknown[] {
    try {
      return this.reader.push(chunk);
    } catch {
      this.kill(new WorkerDied('its suite wrote to the pipe of the command line'));
      return [];
    }
  }

  private heard(said: FromWatchdog): void {
    if (said.kind === 'progress') this.onProgress(said.progress);
    else if (said.kind === 'found') this.foundFirst.push(said.first);
    else if (said.kind === 'spent') this.spentMs = said.processorMs;
    else if (said.kind === 'slice') this.handedOut(said.number, said.slice);
    else if (said.kind === 'busy') this.busy(said.doing);
    else if (said.kind === 'stuck') this.kill(new WorkerStuck(said.doing, said.stack));
    else this.answer?.(said);
  }

  private kill(reason: WorkerDied): void {
    this.die(reason);
    this.child.kill('SIGKILL');
  }

  private send(message: ToWatchdog): void {
    this.pipe.write(this.writer.frame(message));
  }

  async ask(
    task: Task,
    onProgress: (progress: ExploreProgress) => void,
    limitMs?: number,
    exploreSlice?: ExploreSlice,
  ): Promise<Answer> {
    this.onProgress = onProgress;
    this.foundFirst = [];
    this.busyGraceMs = task.kind === 'describe' ? LOADING_GRACE_MS : BUSY_GRACE_MS;
    const answered = new Promise<Answer>((resolve) => {
      this.answer = resolve;
    });
    const failed = new Promise<never>((_, reject) => {
      this.handedOut = (number, slice) => {
        const sliced = exploreSlice?.(slice) ?? Promise.reject(new WorkerDied('it handed out work unasked'));
        sliced.then((counted) => this.send({ kind: 'sliced', number, counted }), reject);
      };
    });
    this.send({ ...task, askedMs: Date.now() });
    if (this.isStopped) this.endAfter(0);
    else if (limitMs !== undefined) this.endAfter(Math.max(0, limitMs));
    try {
      return await Promise.race([answered, failed, this.death]);
    } finally {
      this.clearTimers();
    }
  }

  /** Makes it answer with the result so far, for this task and later ones. If it does not within seconds, it is killed. */
  stop(): void {
    this.isStopped = true;
    this.send({ kind: 'stop' });
    this.endAfter(0);
  }

  private endAfter(ms: number): void {
    // More than a timer can count is for ever.
    this.clearTimers();
    if (ms + STOP_GRACE_MS > TIMER_MS_MAX) return;
    this.busyEndMs = performance.now() + ms + STOP_GRACE_MS + this.busyGraceMs;
    this.locateAfter(ms + STOP_GRACE_MS);
  }

  private locateAfter(ms: number): void {
    this.clearTimers();
    const kill = (): void => this.kill(new WorkerDied('it did not stop on request'));
    const locate = (): void => {
      this.timer = setTimeout(kill, LOCATE_GRACE_MS);
      this.send({ kind: 'locate' });
    };
    this.timer = setTimeout(locate, ms);
  }

  private busy(doing: string): void {
    if (this.timer === undefined) return;
    if (performance.now() > this.busyEndMs) this.kill(new WorkerLate(doing));
    else this.locateAfter(BUSY_LOOK_MS);
  }

  private clearTimers(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** Resolves when the process is gone, and what it printed is passed on. */
  async end(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.gone;
    // A process that a suite left behind may hold its output open.
    const patience = new AbortController();
    const late = delay(PRINTING_GRACE_MS, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([this.printed, late]);
    patience.abort();
    for (const stream of this.child.stdio) stream?.destroy();
  }
}
