/**
 * Programs with one planted fault each that blind random runs find less than once in 2,000. Each needs several things to
 * come together, as faults do that are found after years: crashes in a row, an order of commands, a long history, a pause
 * between two calls. The last one needs a single value: nothing leads there, so guidance must only do no harm.
 */
import * as fc from 'fast-check';
import type { Suite } from '../../sim/suite/suite.js';
import {
  exists,
  firstMissing,
  make,
  makeDurably,
  type Program,
  remove,
  suiteOf,
  syncRoot,
} from './programs.js';

const upTo = <Command>(command: fc.Arbitrary<Command>, maxLength: number): fc.Arbitrary<readonly Command[]> =>
  fc.array(command, { minLength: 1, maxLength });

const digit = fc.integer({ min: 0, max: 11 });

/** A request goes through four tables, each with one entry that leads on. */
const tables: Program<{ readonly a: number; readonly b: number; readonly c: number; readonly d: number }> = {
  act: async (fs, { a, b, c, d }) => {
    await make(fs, '/request');
    if (a !== 7) return;
    await exists(fs, '/second-table');
    if (b !== 2) return;
    await exists(fs, '/third-table');
    if (c !== 9) return;
    await exists(fs, '/last-table');
    if (d === 4) await make(fs, '/broken');
  },
};

const STATES = ['/opened', '/ordered', '/paid', '/packed', '/sent', '/returned', '/refunded'];
const EVENTS = ['open', 'order', 'pay', 'pack', 'send', 'return'];
const WAY = ['open', 'order', 'pay', 'pack', 'order', 'return', 'pay'];

/** An order that goes one way through its states; any other event cancels it. */
const orders: Program<string> = {
  act: async (fs, event) => {
    const state = await firstMissing(fs, STATES);
    if (event !== WAY[state]) {
      for (const path of STATES) await remove(fs, path);
      return;
    }
    await make(fs, STATES[state] ?? '/opened');
    if (state === STATES.length - 1) await make(fs, '/broken');
  },
};

const SAGA = ['book', 'pay', 'pack', 'ship'];
const STEPS = ['/booked', '/payed', '/packed', '/shipped'];

/** A process manager that forgets in which state it was when a crash comes after the second and the third step. */
const saga: Program<string> = {
  start: async (fs) => {
    const state = await firstMissing(fs, STEPS);
    if (state === 2 && !(await exists(fs, '/resumed'))) return make(fs, '/resumed');
    if (state === 3 && (await exists(fs, '/resumed'))) return make(fs, '/resumed-again');
    if (state > 0 && state < STEPS.length) for (const path of STEPS) await remove(fs, path);
  },
  act: async (fs, event) => {
    const state = await firstMissing(fs, STEPS);
    if (event !== SAGA[state]) {
      for (const path of [...STEPS, '/resumed', '/resumed-again']) await remove(fs, path);
      return;
    }
    await make(fs, STEPS[state] ?? '/booked');
    if (state === 3 && (await exists(fs, '/resumed-again'))) await make(fs, '/broken');
  },
};

const ATTEMPTS = ['/first-try', '/second-try', '/third-try', '/fourth-try'];

/** A recovery that gives up after its fourth interruption in a row, and deletes what it was to recover. */
const recovery: Program<string> = {
  start: async (fs) => {
    const tries = await firstMissing(fs, ATTEMPTS);
    if (tries === ATTEMPTS.length) return make(fs, '/broken');
    await make(fs, ATTEMPTS[tries] ?? '/first-try');
    for (const path of [...ATTEMPTS].reverse()) await remove(fs, path);
  },
  act: (fs, text) => make(fs, '/data', text),
};

const VERSIONS = [
  '/version-two',
  '/version-three',
  '/version-four',
  '/version-five',
  '/version-six',
  '/version-seven',
];

/** A migration in steps. Each step that is interrupted half-way is taken for done. */
const migration: Program<string> = {
  start: async (fs) => {
    const version = await firstMissing(fs, VERSIONS);
    if (version === VERSIONS.length) return make(fs, '/broken');
    if (await exists(fs, '/migrating')) {
      await make(fs, VERSIONS[version] ?? '/version-two');
      return remove(fs, '/migrating');
    }
    await make(fs, '/migrating');
    await remove(fs, '/migrating');
  },
  act: async (fs, text) => {
    await make(fs, '/data.new', text);
    await fs.rename('/data.new', '/data');
    await make(fs, '/log', text);
    await make(fs, '/index', text);
  },
};

const SEGMENTS = ['/segment-one', '/segment-two', '/segment-three'];
const SEGMENT_ENTRIES = 4;
const COMPACTED = ['/compacting-again', '/compacting-a-third-time'];

/** A log of segments that compacts when it has three; a crash in the middle, and two in the recovery from it, lose a segment. */
const compaction: Program<string> = {
  start: async (fs) => {
    if (!(await exists(fs, '/compacting'))) return;
    const times = await firstMissing(fs, COMPACTED);
    if (times === COMPACTED.length) return make(fs, '/broken');
    await make(fs, COMPACTED[times] ?? '/compacting-again');
    await remove(fs, '/compacting');
    for (const path of [...COMPACTED].reverse()) await remove(fs, path);
  },
  act: async (fs, text) => {
    const segment = await firstMissing(fs, SEGMENTS);
    const entries = await fs.readFile('/current', 'utf8').catch(() => '');
    if (entries.length < SEGMENT_ENTRIES) return fs.appendFile('/current', text);
    await fs.rename('/current', SEGMENTS[segment] ?? '/segment-one');
    if (segment < SEGMENTS.length - 1) return;
    await make(fs, '/compacting');
    for (const path of SEGMENTS) await remove(fs, path);
    await remove(fs, '/compacting');
  },
};

const LEAVES_MAX = 36;

/** A tree that splits when it has many leaves, which removals keep from happening. */
const tree: Program<string> = {
  act: async (fs, what) => {
    if (what === 'remove') return make(fs, '/leaves');
    await fs.appendFile('/leaves', '.');
    const leaves = await fs.readFile('/leaves', 'utf8');
    if (leaves.length >= LEAVES_MAX) await make(fs, '/broken');
  },
};

/** A counter that loses an update where three writers overtake each other. */
const turns: Program<string> = {
  act: async (fs, who) => {
    const before = await firstMissing(fs, ['/one-in', '/two-in', '/three-in']);
    await make(fs, `/asked-${who}`);
    if (who === 'one' && before === 0) await make(fs, '/one-in');
    await make(fs, `/seen-${who}`);
    if (who === 'two' && before === 0 && (await exists(fs, '/one-in'))) await make(fs, '/two-in');
    await make(fs, `/wrote-${who}`);
    if (who === 'three' && before === 1 && (await exists(fs, '/two-in'))) await make(fs, '/broken');
    await remove(fs, '/two-in');
    await remove(fs, '/one-in');
  },
};

const LEASE_MS = 20_000;

/** A lease that a pause outlasts, three times in a row. */
const lease: Program<string> = {
  act: async (fs, who, { clock }) => {
    const takenMs = clock.now();
    await make(fs, '/lease', who);
    await make(fs, '/work', who);
    if (clock.now() - takenMs < LEASE_MS) {
      await remove(fs, '/late');
      return;
    }
    if (who === 'c' && (await exists(fs, '/late'))) await make(fs, '/broken');
    await make(fs, '/late');
  },
};

/** A settings file by rename, whose recovery forgets a sync, and gives up when three of its own backups are empty. */
const settings: Program<string> = {
  start: async (fs) => {
    const text = await fs.readFile('/settings', 'utf8').catch(() => undefined);
    if (text === undefined) return makeDurably(fs, '/settings', 'default');
    if (text !== '') return;
    const backup = await fs.readFile('/backup', 'utf8').catch(() => 'none');
    const older = await fs.readFile('/older-backup', 'utf8').catch(() => 'none');
    const oldest = await fs.readFile('/oldest-backup', 'utf8').catch(() => 'none');
    if (backup === '' && older === '' && oldest === '') return make(fs, '/broken');
    const next = older === '' ? '/oldest-backup' : '/older-backup';
    await make(fs, backup === '' ? next : '/backup', 'default');
    await syncRoot(fs);
    await make(fs, '/settings', 'default');
  },
  act: async (fs, text) => {
    await makeDurably(fs, '/settings.new', text);
    if (text === 'odd') await make(fs, '/settings.new', text);
    await fs.rename('/settings.new', '/settings');
    await syncRoot(fs);
  },
};

const OUTBOX = [
  '/waits',
  '/still-waits',
  '/waits-long',
  '/late',
  '/too-late',
  '/overdue',
  '/forgotten',
  '/given-up',
];

/** An outbox that counts its restarts while messages wait, and delivers a message twice at the ninth. */
const outbox: Program<string> = {
  start: async (fs) => {
    if (!(await exists(fs, '/message'))) {
      for (const path of OUTBOX) await remove(fs, path);
      return;
    }
    const waits = await firstMissing(fs, OUTBOX);
    if (waits === OUTBOX.length) return make(fs, '/broken');
    await make(fs, OUTBOX[waits] ?? '/waits');
  },
  act: async (fs, what) => {
    if (what !== 'send') return make(fs, `/${what}`);
    await make(fs, '/message');
    await make(fs, '/delivered');
    await remove(fs, '/message');
  },
};

/** A value that nothing leads to. */
const value: Program<number> = {
  act: async (fs, number) => {
    await make(fs, '/value', String(number));
    if (number === 5_432) await make(fs, '/broken');
  },
};

const letters = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);
const KILLED = { disk: 'process-kill' } as const;

export const rareFaults: readonly Suite[] = [
  suiteOf(
    { name: 'four tables', ...KILLED },
    upTo(fc.record({ a: digit, b: digit, c: digit, d: digit }), 8),
    tables,
  ),
  suiteOf({ name: 'seven events in order', ...KILLED }, upTo(letters(...EVENTS), 16), orders),
  suiteOf({ name: 'a saga that is resumed twice', ...KILLED }, upTo(letters(...SAGA), 8), saga),
  suiteOf({ name: 'four interrupted recoveries', ...KILLED }, upTo(letters('a', 'b'), 4), recovery),
  suiteOf({ name: 'six interrupted migrations', ...KILLED }, upTo(letters('a', 'b'), 4), migration),
  suiteOf(
    { name: 'three crashes in a compaction', ...KILLED },
    fc.array(letters('a', 'b'), { minLength: 1, maxLength: 18, size: 'max' }),
    compaction,
  ),
  suiteOf(
    { name: 'many leaves', ...KILLED },
    fc.array(letters('add', 'add', 'add', 'remove'), { minLength: 1, maxLength: 60, size: 'max' }),
    tree,
  ),
  suiteOf(
    { name: 'three writers overtake', clients: 3, ...KILLED },
    upTo(letters('one', 'two', 'three'), 6),
    turns,
  ),
  suiteOf({ name: 'two pauses in a row', clients: 2, ...KILLED }, upTo(letters('a', 'b', 'c'), 6), lease),
  suiteOf({ name: 'three empty backups', disk: 'posix' }, upTo(letters('even', 'odd'), 4), settings),
  suiteOf({ name: 'nine restarts with a message', ...KILLED }, upTo(letters('send', 'x', 'y'), 6), outbox),
  suiteOf({ name: 'one value', ...KILLED }, upTo(fc.integer({ min: 0, max: 12_000 }), 8), value),
];
