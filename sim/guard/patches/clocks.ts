/** The clocks: `Date`, `performance`, `process.hrtime`, and what formats "now" when it is given no date. */
import { performance } from 'node:perf_hooks';
import { active } from '../../process/active-life.js';
import type { GuardedLife } from '../../process/guarded-life.js';
import { divert, imitate, put, putGetter } from '../patch.js';
import type { Realm } from '../realm.js';

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** In a life the monotonic clock began with the epoch, so that `timeOrigin + now()` agrees with `Date.now()`. */
const nanoseconds = (milliseconds: number): bigint => {
  const whole = Math.floor(milliseconds);
  return BigInt(whole) * NANOSECONDS_PER_MILLISECOND + BigInt(Math.round((milliseconds - whole) * 1e6));
};

/** As much of Temporal as is needed here; the types of ES2023 have none of it. */
interface TemporalZoned {
  toPlainDateTime(): object;
  toPlainDate(): object;
  toPlainTime(): object;
}
interface TemporalClasses {
  readonly Instant: {
    fromEpochMilliseconds(milliseconds: number): { toZonedDateTimeISO(timeZone: unknown): TemporalZoned };
  };
  readonly Now: { timeZoneId(): string };
}

const patchDate = (realm: Realm): void => {
  const RealDate = realm.Date;
  const realNow = RealDate.now;
  put(
    RealDate,
    'now',
    imitate(realNow, () => (active.life === undefined ? realNow() : Math.floor(active.life.now()))),
  );
  // Same prototype object, so that dates made by either are instances of both.
  const GuardedDate = function (...args: unknown[]): unknown {
    const moment = args.length === 0 && active.life !== undefined ? [Math.floor(active.life.now())] : args;
    if (new.target === undefined) {
      return active.life === undefined ? RealDate() : new RealDate(Math.floor(active.life.now())).toString();
    }
    return Reflect.construct(RealDate, moment, new.target === GuardedDate ? RealDate : new.target);
  };
  imitate(RealDate, GuardedDate);
  put(RealDate.prototype, 'constructor', GuardedDate);
  put(realm, 'Date', GuardedDate);
};

const patchFormats = (realm: Realm): void => {
  const { prototype } = realm.Intl.DateTimeFormat;
  const describe = Object.getOwnPropertyDescriptor(prototype, 'format');
  const bound = new WeakMap<object, (date?: Date | number) => string>();
  const format = function (this: Intl.DateTimeFormat): (date?: Date | number) => string {
    const known = bound.get(this);
    if (known !== undefined) return known;
    const real = Reflect.apply(describe?.get ?? (() => undefined), this, []) as (
      date?: Date | number,
    ) => string; // the getter's specified result
    const guarded = imitate(real, (date?: Date | number) => real(date ?? active.life?.now()));
    bound.set(this, guarded);
    return guarded;
  };
  Reflect.defineProperty(prototype, 'format', { ...describe, get: format });
  const realParts = prototype.formatToParts;
  put(
    prototype,
    'formatToParts',
    imitate(realParts, function (this: Intl.DateTimeFormat, date?: Date | number) {
      return Reflect.apply(realParts, this, [date ?? active.life?.now()]);
    }),
  );
};

const patchMonotonicClocks = (): void => {
  const prototype: object = Object.getPrototypeOf(performance); // of the class, where Node has the methods
  const holder = Object.hasOwn(prototype, 'now') ? prototype : performance;
  const realNow = performance.now;
  put(
    holder,
    'now',
    imitate(realNow, function (this: unknown) {
      return active.life === undefined ? Reflect.apply(realNow, this, []) : active.life.now();
    }),
  );
  putGetter(holder, 'timeOrigin', () => 0);

  const realHrtime = process.hrtime;
  const hrtime = (previous?: [number, number]): [number, number] => {
    const { life } = active;
    if (life === undefined) return previous === undefined ? realHrtime() : realHrtime(previous);
    const total = nanoseconds(life.now());
    const [seconds, rest] = previous ?? [0, 0];
    const elapsed = total - (BigInt(seconds) * 1_000_000_000n + BigInt(rest));
    return [Number(elapsed / 1_000_000_000n), Number(elapsed % 1_000_000_000n)];
  };
  const realBigint = realHrtime.bigint;
  put(process, 'hrtime', imitate(realHrtime, hrtime));
  put(
    hrtime,
    'bigint',
    imitate(realBigint, () => (active.life === undefined ? realBigint() : nanoseconds(active.life.now()))),
  );
  const realUptime = process.uptime;
  put(
    process,
    'uptime',
    imitate(realUptime, () => (active.life === undefined ? realUptime() : active.life.now() / 1000)),
  );
};

/** Temporal, where the runtime has it: each of its nows is made from the one instant. */
const patchTemporal = (realm: Realm): void => {
  const temporal: unknown = Reflect.get(realm, 'Temporal');
  if (temporal === undefined) return;
  const { Instant, Now } = Object(temporal) as TemporalClasses; // what the standard says is there
  const zoned = (life: GuardedLife, timeZone: unknown): TemporalZoned =>
    Instant.fromEpochMilliseconds(Math.floor(life.now())).toZonedDateTimeISO(timeZone ?? Now.timeZoneId());
  divert(Now, 'instant', (life) => Instant.fromEpochMilliseconds(Math.floor(life.now())));
  divert(Now, 'zonedDateTimeISO', (life, [timeZone]) => zoned(life, timeZone));
  divert(Now, 'plainDateTimeISO', (life, [timeZone]) => zoned(life, timeZone).toPlainDateTime());
  divert(Now, 'plainDateISO', (life, [timeZone]) => zoned(life, timeZone).toPlainDate());
  divert(Now, 'plainTimeISO', (life, [timeZone]) => zoned(life, timeZone).toPlainTime());
};

/** Serves the clocks that every realm has for itself. */
export const patchClocks = (realm: Realm): void => {
  patchDate(realm);
  patchFormats(realm);
  patchTemporal(realm);
};

/** Serves every clock from the life's `now()`. */
export const patchTime = (): void => {
  patchClocks(globalThis);
  patchMonotonicClocks();
};
