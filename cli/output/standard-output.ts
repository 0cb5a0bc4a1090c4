/** Whether the output has arrived: a verdict that no reader could get is no success. */
import { errorCode } from '../../sim/util/errors.js';
import { messageOf } from '../usage-error.js';

export class StandardOutput {
  private failure: Error | undefined;

  constructor(
    private readonly stdout: NodeJS.WritableStream,
    private readonly stderr: NodeJS.WritableStream,
    private readonly command: string,
  ) {
    const failed = (error: Error): void => {
      // A reader that has seen enough (powercut list | head) is no error.
      if (errorCode(error) !== 'EPIPE') this.failure ??= error;
    };
    stdout.on('error', failed);
    stderr.on('error', failed);
  }

  /** Waits until everything is written, and tells where that failed. False where it did. */
  async isComplete(): Promise<boolean> {
    await Promise.all([this.stdout, this.stderr].map(drained));
    if (this.failure === undefined) return true;
    const reason = errorCode(this.failure) === 'ENOSPC' ? 'the disk is full' : messageOf(this.failure);
    this.stderr.write(`${this.command}: Cannot write to standard output: ${reason}. (OUTPUT_UNWRITABLE)\n`);
    return false;
  }
}

/** Resolves when the stream has passed on everything, or has failed: its listener then gets the error. */
const drained = (stream: NodeJS.WritableStream): Promise<void> =>
  new Promise((resolve) => {
    stream.write('', () => resolve());
  });
