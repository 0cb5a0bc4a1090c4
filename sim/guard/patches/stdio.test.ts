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

  it('is shown outside of a life', () => {
    log.mockClear();
    console.log('a host logs');
    expect(log).toHaveBeenCalledWith('a host logs');
  });
});
