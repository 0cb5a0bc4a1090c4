/** A machine that operations run on: Node's own `node:fs`, or the simulated one. Both get the same calls. */
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Argument, Form, Operation } from './operation.js';
import { SLOTS } from './operation.js';

type Call = (...args: unknown[]) => unknown;

/** What came of an operation, as plain data that can be compared: a value, or the code of an error. */
export type Result = ({ readonly value: unknown } | { readonly code: string }) & {
  /** 'any': what was done, or done before it failed, depends on the order in which a directory gives its names. */
  readonly order?: 'any';
};

/** An open file: a descriptor, or what `fs.promises.open` gives. */
type OpenFile = number | object;

const method = (owner: unknown, name: string): Call => {
  const found: unknown = Reflect.get(Object(owner), name);
  if (typeof found !== 'function')
    throw Object.assign(new Error(`There is no ${name}.`), { code: 'NO_SUCH_FUNCTION' });
  return (...args) => Reflect.apply(found, owner, args);
};

const plainStats = (stats: object): object => {
  const is = (name: string): boolean => method(stats, name)() === true;
  const isDirectory = is('isDirectory');
  const field = (name: string): unknown => Number(Reflect.get(stats, name)); // may be a bigint
  return {
    mode: field('mode'),
    nlink: field('nlink'),
    size: isDirectory ? undefined : field('size'), // a directory's is its file system's own affair
    isFile: is('isFile'),
    isDirectory,
    isSymbolicLink: is('isSymbolicLink'),
  };
};

/** Plain data for a result. Listings are sorted: in which order names come is for no program to rely on. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (Array.isArray(value))
    return value.map(plain).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  if ('nlink' in value) return plainStats(value);
  if ('isSymbolicLink' in value) {
    const is = (name: string): boolean => method(value, name)() === true;
    const { name, parentPath } = value as { name?: unknown; parentPath?: unknown };
    return {
      name,
      parentPath,
      isFile: is('isFile'),
      isDirectory: is('isDirectory'),
      isSymbolicLink: is('isSymbolicLink'),
    };
  }
  if ('bytesRead' in value) return value.bytesRead;
  if ('bytesWritten' in value) return value.bytesWritten;
  return String(value);
};

/** Everything a directory stream tells, in the order of names. */
const drained = async (directory: object): Promise<unknown> => {
  const entries: unknown[] = [];
  for await (const entry of directory as AsyncIterable<unknown>) entries.push(entry); // a Dir
  return plain(entries);
};

/** No copy with a filter goes deeper. */
const COPIED_DEPTH = 4;
const SOURCE_TIME = 1234.5;

const TIMED = new Set(['utimes', 'lutimes']);

const DESCRIPTOR_NAMES: Readonly<Record<string, string>> = {
  truncate: 'ftruncate',
  stat: 'fstat',
  sync: 'fsync',
  datasync: 'fdatasync',
  chmod: 'fchmod',
  chown: 'fchown',
  utimes: 'futimes',
};

/** What to read into and where, one by one or as options. */
const readArguments = (form: Form, buffer: Buffer, position: unknown, how: unknown): readonly unknown[] => {
  if (how === 'options') return [buffer, { position }];
  // The synchronous form takes a buffer before all else.
  if (how === 'options alone' && form !== 'sync') return [{ buffer, position }];
  return [buffer, 0, buffer.length, position];
};

export class Machine {
  private readonly slots: (OpenFile | undefined)[] = Array.from({ length: SLOTS }, () => undefined);

  constructor(
    private readonly fs: object,
    private readonly root: string,
  ) {}

  async run(operation: Operation): Promise<Result> {
    const copy = operation.kind === 'call' && operation.name === 'cp' ? operation : undefined;
    const forks = copy !== undefined && this.forks(copy.args[0]);
    const followsLinks = copy !== undefined && this.followsLinks(copy.args);
    try {
      const value = await this.perform(operation);
      const meetsItself = copy !== undefined && (followsLinks || this.isWithinItself(copy.args));
      return meetsItself && this.forks(copy.args[0]) ? { value, order: 'any' } : { value };
    } catch (error) {
      const code: unknown = Reflect.get(Object(error), 'code');
      return { code: typeof code === 'string' ? code : `${error}`, ...(forks ? { order: 'any' } : {}) };
    }
  }

  /** Whether a copy goes through symbolic links, which may lead to what it makes. */
  private followsLinks([from, , options]: readonly Argument[]): boolean {
    const hasLinks = (path: string, depth: number): boolean =>
      this.names(path).some((name) => {
        const below = `${path}/${name}`;
        const isLink = Object(method(this.fs, 'lstatSync')(this.argument(below))).isSymbolicLink();
        return isLink || (depth > 0 && hasLinks(below, depth - 1));
      });
    return Reflect.get(Object(options), 'dereference') === true && hasLinks(String(from), COPIED_DEPTH);
  }

  /** Whether what has been copied lies in what it is a copy of: `cp` looks for that only in the text of the paths. */
  private isWithinItself(paths: readonly Argument[]): boolean {
    const [from, to] = paths.map((path) => {
      try {
        return `${method(this.fs, 'realpathSync')(this.argument(path))}/`;
      } catch {
        return ''; // the filter has left it out
      }
    });
    return from !== undefined && from !== '' && to?.startsWith(from) === true;
  }

  /** Whether the tree that a copy may reach has a directory of several names. */
  private forks(path: Argument | undefined, depth = COPIED_DEPTH): boolean {
    const names = this.names(path);
    return names.length > 1 || (depth > 0 && names.some((name) => this.forks(`${path}/${name}`, depth - 1)));
  }

  /** Of a directory; of all else none. */
  private names(path: Argument | undefined): readonly string[] {
    try {
      return method(this.fs, 'readdirSync')(this.argument(path ?? null)) as string[]; // without options it gives names
    } catch {
      return [];
    }
  }

  /** Closes what is open: the last thing to do on a machine. */
  async close(): Promise<void> {
    for (let slot = 0; slot < SLOTS; slot++)
      await this.run({ kind: 'on-open', form: 'sync', slot, name: 'close', args: [] });
  }

  private call(form: Form, name: string, args: readonly unknown[]): unknown {
    if (name === 'exists') return this.exists(form, args);
    if (form === 'sync') return method(this.fs, `${name}Sync`)(...args);
    if (form === 'promise') return method(Reflect.get(this.fs, 'promises'), name)(...args);
    return new Promise((resolve, reject) => {
      method(this.fs, name)(...args, (error: unknown, result: unknown) =>
        error ? reject(error) : resolve(result),
      );
    });
  }

  /** Knows no promise, and in its callback no error. */
  private exists(form: Form, args: readonly unknown[]): unknown {
    if (form === 'sync') return method(this.fs, 'existsSync')(...args);
    return new Promise((resolve) => void method(this.fs, 'exists')(...args, resolve));
  }

  /** A temporary directory's name is not for two machines to agree on: its beginning and its rights are. */
  private takeAway(path: string): unknown {
    const stats = plain(method(this.fs, 'lstatSync')(path));
    method(this.fs, 'rmdirSync')(path);
    return [path.slice(0, -6), stats];
  }

  private argument(argument: Argument): unknown {
    if (typeof argument !== 'string' || !argument.startsWith('P:')) return argument;
    return `${this.root}/${argument.slice(2)}`;
  }

  private async perform(operation: Operation): Promise<unknown> {
    switch (operation.kind) {
      case 'call': {
        const { form, name, args } = operation;
        if (name === 'cp') return this.copy(form, args);
        const result = await this.call(
          form,
          name,
          args.map((argument) => this.argument(argument)),
        );
        if (name === 'mkdtemp') return this.takeAway(String(result));
        if (name === 'opendir') return drained(Object(result));
        if (TIMED.has(name))
          return this.time(name === 'lutimes' ? 'lstatSync' : 'statSync', operation.args[0]);
        return plain(result);
      }
      case 'open': {
        const { form, slot, flags } = operation;
        if (this.slots[slot] !== undefined) return 'the slot is taken';
        const opened = await this.call(form, 'open', [this.argument(operation.path), flags]);
        this.slots[slot] = opened as OpenFile; // a descriptor or a handle
        return 'open';
      }
      case 'on-open':
        return this.onOpen(operation.form, operation.slot, operation.name, operation.args);
      case 'read-stream':
        return this.readStream(operation.source, operation.options);
      case 'write-stream':
        return this.writeStream(operation.target, operation.options, operation.chunks);
      default:
        return operation satisfies never;
    }
  }

  /** Also returns the filter's calls, and whether the copy has the time of its source, which gets a unique one. */
  private async copy(form: Form, [from, to, options]: readonly Argument[]): Promise<unknown> {
    const [source, target] = [this.argument(from ?? null), this.argument(to ?? null)];
    const { filter, ...others } = Object(options) as Readonly<Record<string, unknown>>;
    const asked: string[] = [];
    const wants = (one: string, other: string): boolean => {
      asked.push(`${one} ${other}`);
      if (filter === 'not b' && one.endsWith('b')) return false;
      return one.slice(this.root.length).split('/').length <= COPIED_DEPTH;
    };
    const given =
      filter === 'in time' ? (...paths: [string, string]) => Promise.resolve(wants(...paths)) : wants;
    if (others.preserveTimestamps === true)
      await this.run({ kind: 'call', form: 'sync', name: 'utimes', args: [from ?? null, 1, SOURCE_TIME] });
    await this.call(form, 'cp', [
      source,
      target,
      filter === undefined ? others : { ...others, filter: given },
    ]);
    const { mtime } = Object(method(this.fs, 'lstatSync')(target, { throwIfNoEntry: false }));
    return [asked.sort(), Number(mtime) === 1000 * SOURCE_TIME];
  }

  /** When it was last changed. When it was last read depends on how a real disk is mounted. */
  private time(look: string, path: Argument | undefined): unknown {
    return Number(Object(method(this.fs, look)(this.argument(path ?? null))).mtime);
  }

  /** A stream on a path, or on what is open; 'nothing is open' where nothing is. */
  private stream(
    name: 'createReadStream' | 'createWriteStream',
    on: string | number,
    options: object,
  ): unknown {
    if (typeof on === 'string') return method(this.fs, name)(this.argument(on), options);
    const file = this.slots[on];
    if (file === undefined) return undefined;
    if (typeof file === 'number')
      return method(this.fs, name)('', { ...options, fd: file, autoClose: false });
    // A handle can't be closed while there is a stream on it, which then is for the stream to do.
    this.slots[on] = undefined;
    return method(file, name)(options);
  }

  private async readStream(source: string | number, options: object): Promise<unknown> {
    const stream = this.stream('createReadStream', source, options);
    if (stream === undefined) return 'nothing is open';
    const chunks: Buffer[] = [];
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk); // a stream without an encoding
    return plain(Buffer.concat(chunks));
  }

  private async writeStream(
    target: string | number,
    options: object,
    chunks: readonly string[],
  ): Promise<unknown> {
    const stream = this.stream('createWriteStream', target, options) as Writable | undefined; // it creates one
    if (stream === undefined) return 'nothing is open';
    for (const chunk of chunks) stream.write(chunk);
    stream.end();
    await finished(stream);
    return Reflect.get(stream, 'bytesWritten');
  }

  private async onOpen(form: Form, slot: number, name: string, args: readonly Argument[]): Promise<unknown> {
    const file = this.slots[slot];
    if (file === undefined) return 'nothing is open';
    if (name === 'close') this.slots[slot] = undefined;
    const perform = (...given: unknown[]): unknown =>
      typeof file === 'number'
        ? this.call(form, DESCRIPTOR_NAMES[name] ?? name, [file, ...given])
        : method(file, name)(...given);
    const [first, position] = args;
    if (name === 'read') {
      const buffer = Buffer.alloc(Number(first));
      const count = plain(await perform(...readArguments(form, buffer, position, args[2])));
      return [count, plain(buffer)];
    }
    if (name === 'write' && args[2] === 'bytes')
      return plain(await perform(Buffer.from(String(first)), { position }));
    if (name === 'readv' && Array.isArray(first)) {
      const buffers = first.map((size) => Buffer.alloc(Number(size)));
      const count = plain(await perform(buffers, position));
      return [count, plain(Buffer.concat(buffers))];
    }
    if (name === 'writev' && Array.isArray(first))
      return plain(
        await perform(
          first.map((chunk) => Buffer.from(String(chunk))),
          position,
        ),
      );
    if (name === 'utimes') {
      await perform(...args);
      const stats = Object(
        await (typeof file === 'number' ? this.call('sync', 'fstat', [file]) : method(file, 'stat')()),
      );
      return Number(stats.mtime);
    }
    return plain(await perform(...args));
  }

  /** Every name below the root with what it leads to, and which names are one file. */
  async tree(): Promise<unknown> {
    const found: unknown[] = [];
    const inodes = new Map<unknown, string>();
    const walk = (path: string): void => {
      for (const name of (method(this.fs, 'readdirSync')(path) as string[]).sort()) {
        const at = `${path}/${name}`;
        const stats = Object(method(this.fs, 'lstatSync')(at));
        const first = inodes.get(stats.ino) ?? at;
        inodes.set(stats.ino, first);
        const content = stats.isFile()
          ? plain(method(this.fs, 'readFileSync')(at))
          : stats.isSymbolicLink()
            ? method(this.fs, 'readlinkSync')(at)
            : undefined;
        found.push([at, plainStats(stats), content, first]);
        if (stats.isDirectory()) walk(at);
      }
    };
    walk(this.root);
    return found.map((entry) => JSON.stringify(entry));
  }
}
