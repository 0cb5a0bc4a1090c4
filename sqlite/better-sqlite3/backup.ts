/** `db.backup`: the pages of a database, copied to another file a few at a time. */

/** `db.backup`: the pages of a database, copied to another file a few at a time. */
import fs, { access } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { Connection } from '../engine/connection.js';
import { BUSY, DONE, OK, type Pointer } from '../wasm/c-api.js';
import type { Handle } from './handle.js';
import { functionOption, stringOption } from './options.js';
import { makeSqliteError } from './sqlite-error.js';

const RATE_DEFAULT = 100;
const RATE_MAX = 0x7fffffff;

/** How far a backup is, in pages of the database. */
export interface BackupProgress {
  readonly totalPages: number;
  readonly remainingPages: number;
}

/** A copy that is under way. */
class Backup {
  private readonly target: Connection;
  private readonly backup: Pointer;
  private isAlive = true;

  constructor(
    private readonly handle: Handle,
    attached: string,
    private readonly filename: string,
    private deletesFile: boolean,
  ) {
    handle.requireOpen();
    handle.requireIdle();
    this.target = new Connection(
      filename,
      { isReadOnly: false, mustExist: false, allowsUri: false },
      makeSqliteError,
    );
    const { machine } = this.target;
    this.backup = machine.withText('main', (main) =>
      machine.withText(attached, (from) =>
        machine.api.sqlite3_backup_init(this.target.handle, main, handle.connection.handle, from),
      ),
    );
    if (this.backup === 0) {
      const failure = this.target.failure();
      this.target.close();
      throw makeSqliteError(failure);
    }
    handle.closings.add(this);
  }

  transfer(pages: number): BackupProgress {
    this.handle.requireOpen();
    const { api } = this.target.machine;
    const code = api.sqlite3_backup_step(this.backup, pages) & 0xff;
    if (code !== OK && code !== DONE && code !== BUSY) this.target.throwCode(code);
    if (code === DONE) this.deletesFile = false;
    return {
      totalPages: api.sqlite3_backup_pagecount(this.backup),
      remainingPages: api.sqlite3_backup_remaining(this.backup),
    };
  }

  close(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.handle.closings.delete(this);
    this.target.machine.api.sqlite3_backup_finish(this.backup);
    this.target.close();
    if (this.deletesFile) fs.rmSync(this.filename, { force: true });
  }
}

const rateAfter = (answer: unknown, rate: number): number => {
  if (answer === undefined) return rate;
  if (typeof answer !== 'number' || Number.isNaN(answer))
    throw new TypeError('Expected progress callback to return a number or undefined');
  return Math.max(0, Math.min(RATE_MAX, Math.round(answer)));
};

const copied = (
  backup: Backup,
  progress: ((state: BackupProgress) => unknown) | undefined,
): Promise<BackupProgress> => {
  let rate = 0;
  return new Promise((resolve, reject) => {
    const step = (): void => {
      try {
        const state = backup.transfer(rate);
        if (state.remainingPages === 0) {
          backup.close();
          resolve(state);
          return;
        }
        if (rate === 0) rate = RATE_DEFAULT;
        if (progress !== undefined) rate = rateAfter(progress(state), rate);
        setImmediate(step);
      } catch (error) {
        backup.close();
        reject(error);
      }
    };
    setImmediate(step);
  });
};

export const backUp = async (handle: Handle, given: string, options: object): Promise<BackupProgress> => {
  const filename = given.trim();
  const attached = stringOption(options, 'attached', 'main');
  const progress = functionOption(options, 'progress');
  if (filename === '') throw new TypeError('Backup filename cannot be an empty string');
  if (filename === ':memory:') throw new TypeError('Invalid backup filename ":memory:"');
  const exists = promisify(access);
  await exists(dirname(filename)).catch(() => {
    throw new TypeError('Cannot save backup because the directory does not exist');
  });
  const isNew = await exists(filename).then(
    () => false,
    () => true,
  );
  return copied(new Backup(handle, attached, filename, isNew), progress);
};
