import { expect, it } from 'vitest';
import { caller } from './call-site.js';

const write = (): readonly string[] => caller()?.functions ?? [];

const append = (): readonly string[] => {
  const written = write();
  return written;
};

it('caller names the functions of the program, innermost first, without folders and lines', () => {
  expect(append().slice(0, 2)).toEqual(['call-site.test#write', 'call-site.test#append']);
});

it('caller counts a callback to the function around it', () => {
  const around = (): readonly (readonly string[])[] => [1].map(() => write());
  expect(around()[0]?.slice(0, 2)).toEqual(['call-site.test#write', 'call-site.test#around']);
});

it('caller names the functions of an await, too', async () => {
  const later = async (): Promise<readonly string[]> => {
    await Promise.resolve();
    return write();
  };
  const outer = async (): Promise<readonly string[]> => {
    const written = await later();
    return written;
  };
  expect((await outer()).slice(0, 3)).toEqual([
    'call-site.test#write',
    'call-site.test#later',
    'call-site.test#outer',
  ]);
});
