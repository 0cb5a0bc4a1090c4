/** For tests: small programs and their honest twins. A power cut breaks each program in a way that a crash model may forget. */
import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import type { History, Json, SimulatedEnvironment, Suite, SuiteDefinition } from '../suite/suite.js';
import { errorCode } from '../util/errors.js';

type Fs = SimulatedEnvironment['fs'];

const suiteOf = <System, Command>(definition: SuiteDefinition<System, Command>): Suite =>
  definition as unknown as Suite; // the explorers hand its parts back to itself only

const SECTOR = 512;
const ONE_COMMAND = fc.array(fc.constant('a'), { minLength: 1, maxLength: 1 });

const syncDirectory = async (fs: Fs): Promise<void> => {
  const directory = await fs.open('/', 'r');
  await directory.sync();
  await directory.close();
};

const textOf = (fs: Fs, path: string): Promise<string | undefined> =>
  fs.readFile(path, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });

const isEffect = (history: History<Json>): boolean => history.effects.length > 0;

/** A ledger in a file that is made long before it is filled: as a hole, or (honest) written with zeros. */
export const longLedger = (isHonest: boolean): Suite =>
  suiteOf<{ lines: string; add(): Promise<void> }, string>({
    name: `a ledger in a file made long ${isHonest ? 'by writing zeros' : 'by truncation'}`,
    boot: async ({ fs }) => {
      let file = await fs.open('/ledger', 'r+').catch(() => undefined);
      if (file === undefined) {
        file = await fs.open('/ledger.new', 'w+');
        if (isHonest) await file.write(Buffer.alloc(2 * SECTOR), 0, 2 * SECTOR, 0);
        else await file.truncate(2 * SECTOR);
        await file.sync();
        await fs.rename('/ledger.new', '/ledger');
        await syncDirectory(fs);
      }
      const lines = (await file.readFile('latin1')).replace(/\0/g, '');
      return {
        lines,
        add: async () => {
          await file.write(Buffer.alloc(SECTOR, 'a'), 0, SECTOR, 0);
          await file.datasync();
        },
      };
    },
    commands: ONE_COMMAND,
    perform: (ledger) => ledger.add(),
    unknown: 'abandon',
    invariants: [
      {
        name: 'written',
        statement: 'The ledger holds what somebody wrote.',
        check: (_history, { lines }) => (/^a*$/.test(lines) ? undefined : 'it holds old bytes'),
      },
    ],
  });

/** One sector that is overwritten in place. With a checksum (honest), garbage in it does no harm. */
export const sectorInPlace = (isHonest: boolean): Suite =>
  suiteOf<{ value: string; set(): Promise<void> }, string>({
    name: `a sector written in place, ${isHonest ? 'with' : 'without'} a check of what it holds`,
    disk: 'posix-worst',
    boot: async ({ fs }) => {
      if ((await textOf(fs, '/value')) === undefined) {
        const fresh = await fs.open('/value.new', 'w');
        await fresh.write(Buffer.alloc(SECTOR, 'x'), 0, SECTOR, 0);
        await fresh.sync();
        await fresh.close();
        await fs.rename('/value.new', '/value');
        await syncDirectory(fs);
      }
      const file = await fs.open('/value', 'r+');
      const text = (await file.readFile('latin1')).slice(0, 1);
      return {
        value: isHonest && text !== 'x' && text !== 'a' ? 'x' : text,
        set: async () => {
          await file.write(Buffer.alloc(SECTOR, 'a'), 0, SECTOR, 0);
          await file.datasync();
        },
      };
    },
    commands: ONE_COMMAND,
    perform: (cell) => cell.set(),
    unknown: 'abandon',
    invariants: [
      {
        name: 'old or new',
        statement: 'The sector holds what somebody wrote.',
        check: (_history, { value }) => (value === 'x' || value === 'a' ? undefined : 'it holds garbage'),
      },
    ],
  });

/** Replaces a file by the book while somebody still reads the old one. */
export const replacedWhileRead: Suite = suiteOf<{ text: string; set(): Promise<void> }, string>({
  name: 'a file replaced by the book while it is open',
  boot: async ({ fs }) => {
    const write = async (text: string): Promise<void> => {
      const file = await fs.open('/new', 'w');
      await file.write(text);
      await file.sync();
      await file.close();
      const reader = await fs.open('/text', 'r').catch(() => undefined);
      await fs.rename('/new', '/text');
      await reader?.close();
      await syncDirectory(fs);
    };
    let text = await textOf(fs, '/text');
    if (text === undefined) {
      await write('x');
      text = 'x';
    }
    return { text, set: () => write('a') };
  },
  commands: ONE_COMMAND,
  perform: (file) => file.set(),
  unknown: 'abandon',
  invariants: [
    {
      name: 'whole',
      statement: 'The text is one that somebody wrote.',
      check: (_history, { text }) => (text === 'x' || text === 'a' ? undefined : `it is '${text}'`),
    },
  ],
});

/** One record of three pages. A file that ends within it is truncated (honest), or counts as damage. */
export const longRecord = (isHonest: boolean): Suite =>
  suiteOf<{ add(): Promise<void> }, string>({
    name: `a record over several pages that ${isHonest ? 'may' : 'may not'} end too early`,
    disk: 'ext4-delalloc',
    boot: async ({ fs }) => {
      const file = await fs.open('/records', 'a+');
      await syncDirectory(fs);
      const { size } = await file.stat();
      if (size % RECORD !== 0) {
        if (!isHonest) throw new Error(`it ends within a record, at ${size}`);
        await file.truncate(size - (size % RECORD));
        await file.sync();
      }
      return {
        add: async () => {
          await file.appendFile(Buffer.alloc(RECORD, 'a'));
          await file.sync();
        },
      };
    },
    commands: ONE_COMMAND,
    perform: (records) => records.add(),
    unknown: 'abandon',
    invariants: [],
  });
const RECORD = 9000;

/** A job that is found at the start is announced to the world: after a sync (honest), or at once. */
export const foundJob = (isHonest: boolean, canShutDown = false): Suite =>
  suiteOf<{ found: string | undefined; add(): Promise<void> }, string>({
    name: `a job that is found and told ${isHonest ? 'after a sync' : 'at once'}`,
    boot: async ({ fs, outside }) => {
      const file = await fs.open('/job', 'a+');
      const found = (await file.readFile('utf8')) || undefined;
      if (isHonest) await file.sync();
      await syncDirectory(fs);
      if (found !== undefined) outside('a job was found');
      return {
        found,
        add: async () => {
          await file.appendFile('job');
          await file.sync();
        },
      };
    },
    commands: ONE_COMMAND,
    perform: (jobs) => jobs.add(),
    unknown: 'abandon',
    ...(canShutDown ? { shutdown: async () => undefined } : {}),
    invariants: [
      {
        name: 'told is there',
        statement: 'What the world was told of is there.',
        check: (history, { found }, moment) =>
          moment === 'recovered' && isEffect(history) && found === undefined ? 'the job is gone' : undefined,
      },
    ],
  });

/** A name that is given after a file was written and, if that is honest, synced. */
export const nameAfterSize = (isHonest: boolean): Suite =>
  suiteOf<{ text: string | undefined; done: string | undefined; save(): Promise<void> }, string>({
    name: `a name after the size of another file, ${isHonest ? 'with' : 'without'} a sync between`,
    disk: 'ext4-delalloc',
    boot: async ({ fs }) => ({
      text: await textOf(fs, '/text'),
      done: await textOf(fs, '/done'),
      save: async () => {
        await fs.writeFile('/text', 'text', isHonest ? { flush: true } : {});
        await fs.writeFile('/done', '');
      },
    }),
    commands: ONE_COMMAND,
    perform: (files) => files.save(),
    unknown: 'abandon',
    invariants: [
      {
        name: 'order',
        statement: 'Where the mark is, the text is.',
        check: (_history, { text, done }, moment) =>
          moment === 'recovered' && done !== undefined && text !== 'text'
            ? `the text is '${text}'`
            : undefined,
      },
    ],
  });
