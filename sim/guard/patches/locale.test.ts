import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { type TestLife, testLife } from '../../testing/guarded-life.js';
import { installGuard } from '../guard.js';
import { canHaveZone, isLanguage, isTimeZone } from './locale.js';

const guard = installGuard();
const hostZone = process.env.TZ;

afterEach(() => {
  guard.handOver('host');
  if (hostZone === undefined) delete process.env.TZ;
  else process.env.TZ = hostZone;
});

const inLife = (program: () => unknown, locale?: TestLife['locale']): Promise<unknown> =>
  Object.assign(testLife(1), { locale }).run(guard, program);

/** All that a zone and a language show in, by a date of summer. */
const shown = (): unknown => {
  const date = new Date(2030, 6, 1, 12);
  return {
    zone: [date.toISOString(), date.getTimezoneOffset(), String(date).slice(16), Date().slice(25, 33)],
    parsed: new Date('2030-07-01T00:00').getTime(),
    resolved: Intl.DateTimeFormat().resolvedOptions().timeZone,
    formats: [date.toLocaleString(), date.toLocaleDateString(), date.toLocaleTimeString()],
    numbers: [(1234.5).toLocaleString(), 12345n.toLocaleString(), [1.5, 2.5].toLocaleString()],
    typed: new Float64Array([1.5]).toLocaleString(),
    intl: [
      new Intl.NumberFormat().format(0.5),
      new Intl.ListFormat().format(['a', 'b']),
      Intl.NumberFormat().resolvedOptions().locale,
      new Intl.Collator().compare('ä', 'z'),
      Intl.DateTimeFormat.prototype.constructor === Intl.DateTimeFormat,
    ],
    letters: ['I'.toLocaleLowerCase(), 'i'.toLocaleUpperCase(), 'ä'.localeCompare('z')],
    elsewhere: runInNewContext('[(0.5).toLocaleString(), new Date(2030, 6, 1).getTimezoneOffset()].join()'),
  };
};

const ZONES = ['Asia/Kolkata', 'America/New_York', 'UTC'];

describe('installGuard: the locale of a life', () => {
  it.each(ZONES)('is UTC and en-US on a host in %s', async (zone) => {
    process.env.TZ = zone;
    expect(await inLife(shown)).toMatchObject({
      zone: ['2030-07-01T12:00:00.000Z', 0, expect.stringContaining('GMT+0000'), 'GMT+0000'],
      parsed: Date.UTC(2030, 6),
      resolved: 'UTC',
      formats: ['7/1/2030, 12:00:00 PM', '7/1/2030', '12:00:00 PM'],
      numbers: ['1,234.5', '12,345', '1.5,2.5'],
      intl: ['0.5', 'a and b', 'en-US', -1, true],
      elsewhere: '0.5,0',
    });
  });

  it.each(ZONES)('is the one that its suite sets on a host in %s', async (zone) => {
    process.env.TZ = zone;
    expect(await inLife(shown, { timeZone: 'Europe/Vienna', language: 'tr' })).toMatchObject({
      zone: ['2030-07-01T10:00:00.000Z', -120, expect.stringContaining('GMT+0200'), 'GMT+0100'],
      parsed: Date.UTC(2030, 5, 30, 22),
      resolved: 'Europe/Vienna',
      formats: ['01.07.2030 12:00:00', '01.07.2030', '12:00:00'],
      numbers: ['1.234,5', '12.345', '1,5,2,5'],
      intl: ['0,5', 'a ve b', 'tr', -1, true],
      letters: ['ı', 'İ', -1],
      elsewhere: '0,5,-120',
    });
  });

  it('gives way to what the program asks for itself', async () => {
    const seen = await inLife(() => [
      (1234.5).toLocaleString('de'),
      new Date(0).toLocaleTimeString('en', { timeZone: 'Asia/Tokyo' }),
      'I'.toLocaleLowerCase('tr'),
    ]);
    expect(seen).toEqual(['1.234,5', '9:00:00 AM', 'ı']);
  });

  it('can be left for another zone by TZ, which the next life knows nothing of', async () => {
    const hours = (): number => new Date(0).getHours();
    const zoneSet = await inLife(() => {
      process.env.TZ = 'Asia/Tokyo';
      return [hours(), process.env.TZ];
    });
    expect(zoneSet).toEqual([9, 'Asia/Tokyo']);
    expect(await inLife(hours)).toBe(0);
  });

  it('leaves the host its own', async () => {
    process.env.TZ = 'Asia/Kolkata';
    await inLife(shown);
    guard.handOver('host');
    expect([process.env.TZ, new Date(0).getHours()]).toEqual(['Asia/Kolkata', 5]);
    delete process.env.TZ;
    await inLife(shown);
    guard.handOver('host');
    expect('TZ' in process.env).toBe(false);
  });
});

describe('SuiteDefinition: a suite may set', () => {
  it.each([
    ['Europe/Vienna', true],
    ['Mars/Olympus', false],
    ['', false],
  ])('the zone %j: %s', (zone, is) => {
    expect(isTimeZone(zone)).toBe(is);
    if (is) expect(canHaveZone(zone)).toBe(true);
  });

  it.each([
    ['de-AT', true],
    ['tr', true],
    ['xx-nowhere-at-all', false],
    ['', false],
  ])('the language %j: %s', (language, is) => {
    expect(isLanguage(language)).toBe(is);
  });
});

describe('installGuard: the variables of a life', () => {
  it('are those of the host without what tells of its machine', async () => {
    Object.assign(process.env, {
      POWERCUT_OF_A_TEST: 'kept',
      HOME: '/somewhere',
      LC_ALL: 'tr_TR',
      SSH_TTY: 'x',
    });
    const seen = await inLife(() => {
      const { HOME, USER, PATH, TZ, LANG, PWD, POWERCUT_OF_A_TEST } = process.env;
      return { HOME, USER, PATH, TZ, LANG, PWD, POWERCUT_OF_A_TEST, names: Object.keys(process.env) };
    });
    expect(seen).toMatchObject({
      HOME: '/root',
      USER: 'root',
      PATH: '/usr/local/bin:/usr/bin:/bin',
      TZ: 'UTC',
      LANG: 'en_US.UTF-8',
      PWD: '/',
      POWERCUT_OF_A_TEST: 'kept',
    });
    const { names } = seen as { names: string[] }; // returned just above
    expect(names).toEqual([...names].sort());
    expect(names.filter((name) => /^(LC_|SSH_|npm_|VITEST_)/.test(name))).toEqual([]);
    expect(process.env.LC_ALL).toBe('tr_TR');
    delete process.env.LC_ALL;
  });

  it('can be set, listed and deleted by it, and are text; the next life has the host its again', async () => {
    const seen = await inLife(() => {
      Reflect.set(process.env, 'NUMBER', 7);
      Object.assign(process.env, { OTHER: 'x' });
      delete process.env.POWERCUT_OF_A_TEST;
      const { NUMBER } = process.env;
      return [NUMBER, 'OTHER' in process.env, { ...process.env }.OTHER, 'POWERCUT_OF_A_TEST' in process.env];
    });
    expect(seen).toEqual(['7', true, 'x', false]);
    expect(await inLife(() => ['NUMBER' in process.env, process.env.POWERCUT_OF_A_TEST])).toEqual([
      false,
      'kept',
    ]);
    expect('NUMBER' in process.env).toBe(false);
    delete process.env.POWERCUT_OF_A_TEST;
  });
});
