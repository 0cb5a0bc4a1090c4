import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { presenceOfProcess, processName, realProcesses } from './processes.js';

const own = processName(process.pid);
const [pid = '', start = '', boot = '', namespace = ''] = own.split('-');

describe.runIf(process.platform === 'linux')('presenceOfProcess: on Linux', () => {
  test('a name tells processes of one id apart', () => {
    expect(own).toBe(realProcesses.self);
    expect(boot).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8));
    expect(presenceOfProcess(own, true)).toEqual({ state: 'alive' });
    expect(presenceOfProcess(`${pid}-1-${boot}-${namespace}`, true)).toEqual({ state: 'dead' });
    expect(presenceOfProcess(`999999999-1-${boot}-${namespace}`, true)).toEqual({ state: 'dead' });
  });

  test('what is not known never means dead', () => {
    for (const name of [
      `${pid}---`,
      `999999999---`,
      `999999999-${start}--${namespace}`,
      `999999999-${start}-${boot}-`,
      `999999999-${start}-${boot}-1`,
    ])
      expect(presenceOfProcess(name, false)).toMatchObject({ state: 'unknown' });
    expect(presenceOfProcess(`${pid}--${boot}-${namespace}`, false)).toEqual({ state: 'alive' });
  });

  test('a process of another boot is dead, but where other machines have the directory, too', () => {
    expect(presenceOfProcess(`${pid}-${start}-00000000-${namespace}`, false)).toEqual({ state: 'dead' });
    expect(presenceOfProcess(`${pid}-${start}-00000000-${namespace}`, true)).toMatchObject({
      state: 'unknown',
    });
  });

  test('a name of version 0.1, which has no namespace, is one of this namespace', () => {
    expect(presenceOfProcess(`${pid}-${start}-${boot}`, false)).toEqual({ state: 'alive' });
    expect(presenceOfProcess(`999999999-1-${boot}`, false)).toEqual({ state: 'dead' });
  });
});

test('presenceOfProcess: a text that names no process is not alive', () => {
  for (const name of ['no process', '', '0-1-2', '-1']) expect(realProcesses.isAlive(name)).toBe(false);
});
