/**
 * SQLite in one process: in a life it starts with the life, and nothing of it outlives the power cut. Outside of a life there
 * is one for the real process.
 */
import { active } from '../../sim/process/active-life.js';
import { whenOver } from '../../sim/process/life-over.js';
import { codedError } from '../../sim/util/errors.js';
import { UnixFiles } from '../vfs/unix-files.js';
import { registerVfs, VFS_SIGNATURES, type VfsUser, vfsMethods } from '../vfs/vfs.js';
import type { WasmFunction } from '../wasm/assembly.js';
import type { Pointer } from '../wasm/c-api.js';
import { Machine } from '../wasm/machine.js';
import { BUSY_SIGNATURES, busyMethods } from './busy-handler.js';
import { FUNCTION_SIGNATURES, functionMethods, type UserFunction } from './user-functions.js';

/** An instance, and whom it serves now. */
interface Slot {
  machine: Machine | undefined;
  session: Session | undefined;
}

export class Session implements VfsUser {
  readonly files = new UnixFiles();
  readonly open: VfsUser['open'] = new Map();
  /** The functions that SQL can call, by the number that SQLite has for each. */
  readonly functions = new Map<number, UserFunction>();
  /** What is called where a lock of another connection is in the way, by the number that SQLite has for each connection. */
  readonly lockNotes = new Map<number, () => void>();
  failure: unknown;
  private functionsMade = 0;
  private isOver = false;

  constructor(private readonly own: Machine) {}

  /** @throws PowercutError 'SQLITE_LIFE_OVER' */
  get machine(): Machine {
    if (this.isOver)
      throw codedError(
        'SQLITE_LIFE_OVER',
        'A database of an earlier life is used: open it in boot, and keep it in what boot returns.',
      );
    return this.own;
  }

  end(): void {
    this.isOver = true;
  }

  addFunction(made: UserFunction): number {
    this.functionsMade += 1;
    this.functions.set(this.functionsMade, made);
    return this.functionsMade;
  }

  /** A place in the table of functions. */
  entry(name: keyof typeof FUNCTION_SIGNATURES | keyof typeof BUSY_SIGNATURES): Pointer {
    return this.machine.entries[name] ?? 0;
  }
}

const SIGNATURES = { ...VFS_SIGNATURES, ...FUNCTION_SIGNATURES, ...BUSY_SIGNATURES };

const required = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('SQLite calls back for a life that is over.');
  return value;
};

const makeSlot = (): Slot => {
  const slot: Slot = { machine: undefined, session: undefined };
  const machine = (): Machine => required(slot.machine);
  const session = (): Session => required(slot.session);
  const functions: Readonly<Record<string, WasmFunction>> = {
    ...vfsMethods(machine, session),
    ...functionMethods(machine, session),
    ...busyMethods(session),
  };
  slot.machine = new Machine({ signatures: SIGNATURES, functions }, (made) => {
    slot.machine = made;
    registerVfs(made);
  });
  return slot;
};

/** Instances that no life uses. */
const idle: Slot[] = [];
const IDLE_MAX = 4;

const PROCESS = {};
const sessions = new WeakMap<object, Session>();

/** SQLite of the life whose code is running, or of the real process. @throws PowercutError 'SQLITE_BUILD_MISSING' */
export const currentSession = (): Session => {
  const { life } = active;
  const known = sessions.get(life ?? PROCESS);
  if (known !== undefined) return known;
  const reused = idle.pop();
  reused?.machine?.reset();
  const slot = reused ?? makeSlot();
  const session = new Session(required(slot.machine));
  slot.session = session;
  sessions.set(life ?? PROCESS, session);
  if (life !== undefined)
    whenOver(life, () => {
      session.end();
      slot.session = undefined;
      if (idle.length < IDLE_MAX) idle.push(slot);
    });
  return session;
};
