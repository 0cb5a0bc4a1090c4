/**
 * The locale of a life: its time zone and its language, whatever the machine has. The zone is the process's own, switched
 * while lives run; the language can't be switched, so what asks for none is given the life's.
 */
import type { GuardedLife } from '../../process/guarded-life.js';
import type { Locale } from '../../suite/locale.js';
import { divert } from '../patch.js';
import type { Realm } from '../realm.js';

export const DEFAULT_LOCALE: Locale = { timeZone: 'UTC', language: 'en-US' };

/** A whole locale from the parts that a suite sets. */
export const localeOf = (parts: Partial<Locale> = {}): Locale => ({ ...DEFAULT_LOCALE, ...parts });

const languageOf = (life: GuardedLife): string => (life.locale ?? DEFAULT_LOCALE).language;

/** Puts the life's language in the place of the argument at `index` where there is none. */
const speak = (owner: object, name: string, index: number): void => {
  const real: unknown = Reflect.get(owner, name);
  if (typeof real !== 'function') return;
  divert(owner, name, (life, args, original) => {
    if (args[index] !== undefined) return original(...args);
    const given = Array.from({ length: Math.max(args.length, index + 1) }, (_, place) => args[place]);
    given[index] = languageOf(life);
    return original(...given);
  });
};

/** `Intl`'s classes that take a language first; the other one, `DisplayNames`, can't do without. */
const CLASSES = [
  ...['Collator', 'DateTimeFormat', 'DurationFormat', 'ListFormat', 'NumberFormat', 'PluralRules'],
  ...['RelativeTimeFormat', 'Segmenter'],
];

const TEMPORAL = [
  ...['Duration', 'Instant', 'PlainDate', 'PlainDateTime', 'PlainMonthDay', 'PlainTime', 'PlainYearMonth'],
  'ZonedDateTime',
];

const prototypeOf = (owner: unknown, name: string): object =>
  Object(Reflect.get(Object(Reflect.get(Object(owner), name)), 'prototype'));

/** The classes of `Intl`: a format that was made in a life keeps its language, as any format does. */
const patchIntl = ({ Intl: owner }: Realm): void => {
  for (const name of CLASSES) {
    speak(owner, name, 0);
    const made: unknown = Reflect.get(owner, name);
    // What a format says its class is, is what everybody else makes formats with.
    if (typeof made === 'function') Reflect.set(prototypeOf(owner, name), 'constructor', made);
  }
};

/** Formats that give a zone's name, by language and zone: they take long to make. */
const zoneFormats = new Map<string, Intl.DateTimeFormat>();

const zoneNameOf = (life: GuardedLife, date: Date): string => {
  const language = languageOf(life);
  const timeZone = zoneOf(life);
  const key = `${language} ${timeZone}`;
  const known = zoneFormats.get(key);
  const format = known ?? new Intl.DateTimeFormat(language, { timeZone, timeZoneName: 'long' });
  zoneFormats.set(key, format);
  return format.formatToParts(date).find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
};

/** A date as text ends with its zone's name in the language of the process. */
const patchTexts = ({ Date: { prototype } }: Realm): void => {
  for (const name of ['toString', 'toTimeString'])
    divert(prototype, name, (life, _args, original, _patched, self) => {
      const text = String(original());
      // An invalid date has no zone. The original has already refused values that are no dates.
      return text.replace(/\(.*\)$/, () => `(${zoneNameOf(life, self as Date)})`);
    });
};

/** Makes the life's language the default of everything that formats, compares or changes case. */
export const patchLanguage = (realm: Realm): void => {
  patchIntl(realm);
  patchTexts(realm);
  const { prototype: text } = realm.String;
  speak(text, 'localeCompare', 1);
  for (const name of ['toLocaleLowerCase', 'toLocaleUpperCase']) speak(text, name, 0);
  const dates = ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString'];
  for (const name of dates) speak(realm.Date.prototype, name, 0);
  const bytes: object = Object.getPrototypeOf(realm.Uint8Array.prototype); // what all typed arrays share
  for (const { prototype } of [realm.Number, realm.BigInt, realm.Array, { prototype: bytes }])
    speak(prototype, 'toLocaleString', 0);
  const temporal: unknown = Reflect.get(realm, 'Temporal');
  if (temporal !== undefined)
    for (const name of TEMPORAL) speak(prototypeOf(temporal, name), 'toLocaleString', 0);
};

/** The real one: a life sees a copy of it. */
const variables = process.env;
/** The host's own zone: by name as far as it had one set, and what the machine has. */
let host: { readonly named: string | undefined } | undefined;
let current: string | undefined;

/** The zones that lives have chosen for themselves, by setting TZ. */
const chosen = new WeakMap<GuardedLife, string>();

const zoneOf = (life: GuardedLife): string => chosen.get(life) ?? (life.locale ?? DEFAULT_LOCALE).timeZone;

const switchTo = (zone: string): void => {
  host ??= { named: variables.TZ };
  current = zone;
  // Costs some 70 µs where it is another one: once for many spans.
  if (variables.TZ !== zone) variables.TZ = zone;
};

/** A life's code is to run. */
export const enterZone = (life: GuardedLife): void => {
  const zone = zoneOf(life);
  if (zone !== current) switchTo(zone);
};

/** The host is to go on, and no life for a while. */
export const leaveZone = (): void => {
  if (host === undefined) return;
  const { named } = host;
  host = undefined;
  current = undefined;
  if (named === variables.TZ) return;
  if (named === undefined) delete variables.TZ;
  else variables.TZ = named;
};

/** A life sets its own zone, as a program does by `process.env.TZ`. */
export const chooseZone = (life: GuardedLife, zone: string | undefined): void => {
  if (zone === undefined) chosen.delete(life);
  else chosen.set(life, zone);
  enterZone(life);
};

const SEASONS = [Date.UTC(1970, 0), Date.UTC(2030, 0), Date.UTC(2030, 6)];

/** Whether lives can have `zone` here: a worker thread can't switch the process's. */
export const canHaveZone = (zone: string): boolean => {
  const before = current;
  switchTo(zone);
  // By what it shows: a zone has several names.
  const style = { dateStyle: 'full', timeStyle: 'full' } as const;
  const [own, wanted] = [{}, { timeZone: zone }].map(
    (of) => new Intl.DateTimeFormat('en', { ...style, ...of }),
  );
  const is = SEASONS.every((moment) => own?.format(moment) === wanted?.format(moment));
  if (before === undefined) leaveZone();
  else switchTo(before);
  return is;
};

/** Of what a stranger gave: both parts, and no others. */
export const isLocale = (value: unknown): value is Locale => {
  const { timeZone, language, ...rest } = Object(value);
  const areTexts = typeof timeZone === 'string' && typeof language === 'string';
  return areTexts && Object.keys(rest).length === 0 && isTimeZone(timeZone) && isLanguage(language);
};

export const isTimeZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false; // that is how Intl says so
  }
};

export const isLanguage = (language: string): boolean => {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf([language]).length === 1;
  } catch {
    return false; // as above
  }
};
