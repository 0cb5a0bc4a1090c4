import fs from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { testLife } from '../../testing/guarded-life.js';
import { installGuard } from '../guard.js';

// Before the guard: what it leads to when a life may print.
const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
const write = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
const guard = installGuard();

const program = (): Promise<string> => {
  console.log('a program logs');
  return new Promise((resolve) =>
    process.stdout.write('and writes', () => resolve('told that it was written')),
  );
};

describe('installGuard: input of a program', () => {
  it('is at its end at once, in each form, as with </dev/null', async () => {
    const read = async (): Promise<readonly unknown[]> => {
      const chunks: unknown[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk);
      return [chunks, process.stdin.isTTY, process.stdin.fd, Object.is(process.stdin, process.stdin)];
    };
    expect(await testLife(1).run(guard, read)).toEqual([[], undefined, 0, true]);
    const ended = (): Promise<string> =>
      new Promise((resolve) => process.stdin.on('end', () => resolve('ended')).resume());
    expect(await testLife(1).run(guard, ended)).toBe('ended');
  });
});

describe('installGuard: descriptors 0, 1 and 2', () => {
  it('are an input at its end and outputs that take all, in each form of the calls', async () => {
    const bytes = Buffer.from('abc');
    const act = async (): Promise<readonly unknown[]> => {
      const called = (start: (done: (error: unknown, count: number) => void) => void): Promise<unknown> =>
        new Promise((resolve, reject) => start((error, count) => (error ? reject(error) : resolve(count))));
      return [
        fs.writeSync(1, 'é'),
        fs.writeSync(2, '6162', null, 'hex'),
        fs.writeSync(1, bytes, 1),
        Reflect.apply(fs.writeSync, fs, [1, bytes, { length: 2 }]), // a form that Node's types lack
        fs.writevSync(1, [bytes, bytes]),
        fs.writeFileSync(2, 'text'),
        await called((done) => fs.write(1, bytes, 0, 2, done)),
        await called((done) => fs.writev(2, [bytes], done)),
        fs.readSync(0, Buffer.alloc(4)),
        fs.readFileSync(0, 'utf8'),
        await called((done) => fs.read(0, Buffer.alloc(4), 0, 4, null, done)),
      ];
    };
    expect(await testLife(1).run(guard, act)).toEqual([2, 2, 2, 2, 6, undefined, 2, 3, 0, '', 0]);
  });

  it('are not confused: nothing is read from an output, nor written to the input', async () => {
    const act = (): unknown => {
      const life = guard.running();
      if (life?.nodeFs !== undefined) guard.mount(life, life.nodeFs());
      return [() => fs.readSync(1, Buffer.alloc(1)), () => fs.writeSync(0, 'x')].map((call) => {
        try {
          return call();
        } catch (error) {
          return error instanceof Error;
        }
      });
    };
    expect(await testLife(1).run(guard, act)).toEqual([true, true]);
  });
});

describe('installGuard: output of a program', () => {
  it('is not shown while lives are explored, and the program does not notice', async () => {
    log.mockClear();
    write.mockClear();
    expect(await testLife(1).run(guard, program)).toBe('told that it was written');
    expect(log).not.toHaveBeenCalled();
    expect(write).not.toHaveBeenCalled();
  });

  it('is shown where the life is played for somebody to see', async () => {
    log.mockClear();
    await Object.assign(testLife(1), { prints: true }).run(guard, () => console.log('a program logs'));
    expect(log).toHaveBeenCalledWith('a program logs');
  });

  it('goes to the stream as the host knows it, whose descriptor a file writes to', async () => {
    const { fd } = process.stdout;
    const fds: unknown[] = [];
    write.mockImplementation(() => fds.push(process.stdout.fd) > 0);
    try {
      const life = Object.assign(testLife(1), { prints: true });
      expect(await life.run(guard, program)).toBe('told that it was written');
    } finally {
      write.mockImplementation(() => true);
    }
    expect(fds).toEqual([fd]);
  });

  it('is shown outside of a life', () => {
    log.mockClear();
    console.log('a host logs');
    expect(log).toHaveBeenCalledWith('a host logs');
  });
});
