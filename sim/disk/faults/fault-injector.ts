/**
 * The faults of one life: a decorator over a kernel that knows nothing of faults. Planned faults happen at the system calls they
 * were planned for, and one switch takes them all away again. It counts what it did: a run whose planned fault never happened
 * proves nothing about it.
 */
import { createError } from '@jsonjoy.com/fs-core';
import type { FaultKind, FaultPlan } from '../../suite/fault-plan.js';
import { globToRegExp, STRUCK } from '../../suite/fault-plan.js';
import type { DiskModel } from '../crash-model/disk-models.js';
import type { Misbehaviour } from '../crash-model/journal.js';
import { SECTOR_BYTES } from '../crash-model/sector.js';
import { CallDecorator } from '../kernel/call-decorator.js';
import { inodeOf } from '../kernel/inode-table.js';
import type { Kernel } from '../kernel/kernel.js';
import { writesThrough } from '../kernel/open-flags.js';
import type { SystemCall } from '../kernel/system-calls.js';

const DEFAULT_DELAY_MS = 1000;
/** In random runs a fault strikes one of the first calls that fit, evenly. */
const DRAWN_NTH_MAX = 12;

/** Faults that a program sees and may rightly stop at. */
const EXCUSES: ReadonlySet<FaultKind> = new Set(['error-before', 'error-after', 'failed-sync', 'bit-rot']);

export interface FaultSettings {
  readonly plans: readonly FaultPlan[];
  readonly model: DiskModel;
  /** The life starts on an empty disk. */
  readonly firstLife: boolean;
  /** A whole number below a bound, from the 'fault' stream; undefined: nothing is left to chance. */
  readonly draw: ((bound: number) => number) | undefined;
  /** Where the call under way was made: 'file:line'. Asked only for plans that name a site. */
  readonly site: () => string | undefined;
  /** The plans that are on in this life, by their places. Default: all. */
  readonly on?: readonly number[] | undefined;
  /** How often in this life a fault strikes whose call is drawn. Default: 1. */
  readonly strikes?: number | undefined;
}

interface ArmedFault {
  readonly plan: FaultPlan;
  readonly index: number;
  readonly path: RegExp | undefined;
  /** Which of the fitting calls it strikes next. */
  nth: number;
  /** Fitting calls so far. */
  met: number;
  /** How often it is yet to strike. */
  left: number;
}

type Act<T> = (length: number) => T;

export class FaultInjector extends CallDecorator {
  /** How often each plan's fault took effect, by its place in the list of plans. */
  readonly fired: number[];
  /** Whether something happened at which a program may rightly stop. */
  excuses = false;
  /** What the fault in the call under way does, until somebody takes it. */
  struck: FaultKind | undefined;
  private readonly armed: readonly ArmedFault[];
  private readonly settings: FaultSettings;
  private stopped = false;
  private suspended = false;
  private delayMs = 0;
  /** Descriptors that have not reported a failed sync of their file yet. */
  private readonly untold = new Set<object>();

  constructor(
    private readonly kernel: Kernel,
    settings: FaultSettings,
  ) {
    super(kernel);
    this.settings = settings;
    const { plans, firstLife, draw, on, strikes = 1 } = settings;
    this.fired = plans.map(() => 0);
    this.armed = plans.flatMap((plan, index) => {
      const { path, nth, life = 'first' } = plan.at ?? {};
      // Drawn even where it isn't used: what one plan draws must not depend on the life.
      const drawn = draw === undefined ? 1 : 1 + draw(DRAWN_NTH_MAX);
      if (life !== 'every' && (life === 'first') !== firstLife) return [];
      if (on?.includes(index) === false) return [];
      const glob = path === undefined ? undefined : globToRegExp(path);
      const left = nth === undefined ? strikes : 1;
      return [{ plan, index, path: glob, nth: nth ?? drawn, met: 0, left }];
    });
  }

  /** From now on nothing goes wrong any more: liveness is judged without faults. */
  stop(): void {
    this.stopped = true;
  }

  /** Nothing goes wrong, and no call is counted, while invariants look at the system. */
  suspend(suspended: boolean): void {
    this.suspended = suspended;
  }

  /** How much longer the last call takes, in simulated milliseconds; asking resets it. */
  takeDelayMs(): number {
    const { delayMs } = this;
    this.delayMs = 0;
    return delayMs;
  }

  takeStruck(): FaultKind | undefined {
    const { struck } = this;
    this.struck = undefined;
    return struck;
  }

  /** Makes a system call, or what a fault makes of it. */
  protected around<T>(call: SystemCall, act: Act<T>): T {
    if (this.stopped || this.suspended) return act(call.length);
    const fault = this.next(call);
    if (fault === undefined) return this.undisturbed(call, act);
    this.fired[fault.index] = (this.fired[fault.index] ?? 0) + 1;
    this.struck = fault.plan.fault;
    if (EXCUSES.has(fault.plan.fault)) this.excuses = true;
    return this.strike(fault.plan, call, act);
  }

  /** The fault that strikes a call. Every plan counts the calls that fit it, whichever strikes. */
  private next(call: SystemCall): ArmedFault | undefined {
    let striking: ArmedFault | undefined;
    for (const fault of this.armed) {
      if (!this.fits(fault, call)) continue;
      fault.met += 1;
      if (fault.met !== fault.nth) continue;
      striking ??= fault;
      fault.left -= 1;
      if (fault.left > 0) fault.nth += 1 + (this.settings.draw?.(DRAWN_NTH_MAX) ?? 0);
    }
    return striking;
  }

  private fits({ plan, path }: ArmedFault, call: SystemCall): boolean {
    const { operation, site } = plan.at ?? {};
    if (!STRUCK[plan.fault].includes(call.operation)) return false;
    if (operation !== undefined && operation !== call.operation) return false;
    if (path !== undefined && !call.path.split(' -> ').some((one) => path.test(one))) return false;
    if (site !== undefined && this.settings.site()?.endsWith(site) !== true) return false;
    return canStrike(plan.fault, call);
  }

  /** A call that no fault strikes; one that syncs a file may still have to tell of an earlier failure. */
  private undisturbed<T>(call: SystemCall, act: Act<T>): T {
    const { file, operation } = call;
    const result = act(call.length);
    if (file === undefined || !isSync(call)) return result;
    if (this.settings.model.failedSync === 'reverts') inodeOf(file.node).markDurable();
    if (this.untold.delete(file)) {
      this.excuses = true;
      this.struck = 'failed-sync';
      throw createError('EIO', operation);
    }
    return result;
  }

  private strike<T>(plan: FaultPlan, call: SystemCall, act: Act<T>): T {
    switch (plan.fault) {
      case 'error-before':
        throw createError(plan.code ?? 'EIO', call.operation, call.path);
      case 'error-after':
        act(call.length);
        throw createError(plan.code ?? 'EIO', call.operation, call.path);
      case 'failed-sync':
        if (call.operation === 'write') this.misbehaving({ ignoresSyncs: true }, act, call);
        this.failSync(call);
        throw createError('EIO', call.operation);
      case 'short-read':
      case 'short-write':
        return act(Math.floor(reach(call) / 2));
      case 'bit-rot':
        this.rot(call);
        return act(call.length);
      case 'lost-write':
        return this.misbehaving({ redirect: () => undefined }, act, call);
      case 'misdirected-write': {
        const unit = this.settings.model.sectorBytes / SECTOR_BYTES;
        const redirect = (index: number): number => (index < unit ? index + unit : index - unit);
        return this.misbehaving({ redirect }, act, call);
      }
      case 'delay':
        this.delayMs = plan.delayMs ?? DEFAULT_DELAY_MS;
        return act(call.length);
      default:
        return plan.fault satisfies never;
    }
  }

  private failSync({ file }: SystemCall): void {
    if (file === undefined) return;
    this.untold.delete(file);
    for (const other of this.kernel.filesLike(file)) if (other !== file) this.untold.add(other);
    this.kernel.journal?.failedSync(file.node.ino);
    if (this.settings.model.failedSync === 'reverts') inodeOf(file.node).revert();
  }

  private rot({ file, offset, length }: SystemCall): void {
    if (file === undefined) return;
    const end = Math.min(offset + length, file.node.getSize());
    const { draw = () => 0 } = this.settings;
    const byte = offset + draw(end - offset);
    inodeOf(file.node).rot(byte, draw(8));
  }

  private misbehaving<T>(misbehaviour: Misbehaviour, act: Act<T>, call: SystemCall): T {
    const { journal } = this.kernel;
    if (journal !== undefined) journal.misbehaviour = misbehaviour;
    try {
      return act(call.length);
    } finally {
      if (journal !== undefined) journal.misbehaviour = undefined;
    }
  }
}

/** How many bytes a read or write would do without a fault. */
const reach = ({ operation, file, offset, length }: SystemCall): number =>
  operation === 'read' && file !== undefined ? Math.min(length, file.node.getSize() - offset) : length;

/** Whether the call is an fsync, an fdatasync, or a write that is durable when it returns. */
const isSync = ({ operation, file }: SystemCall): boolean =>
  operation === 'fsync' ||
  operation === 'fdatasync' ||
  (operation === 'write' && file !== undefined && writesThrough(file.flags));

/** Whether a fault can take effect in a call: half of one byte can't be read, nor can a bit beyond the end rot. */
const canStrike = (fault: FaultKind, call: SystemCall): boolean => {
  const { file, offset, length } = call;
  switch (fault) {
    case 'short-read':
      return file !== undefined && reach(call) >= 2;
    case 'bit-rot':
      return file !== undefined && length > 0 && offset < file.node.getSize();
    case 'failed-sync':
      return isSync(call);
    case 'short-write':
      return length >= 2;
    case 'misdirected-write':
    case 'lost-write':
      return length >= 1;
    default:
      return true;
  }
};
