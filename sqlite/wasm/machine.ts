/**
 * One instance of SQLite: its functions and its memory. Instantiating takes some 5 ms, and resetting the memory to its
 * state after `sqlite3_initialize` a tenth of that. So an instance serves one life after the other, with a reset before each.
 */
import { assembly, compiledSqlite, type Memory, type WasmFunction } from './assembly.js';
import { type CApi, OK, type Pointer } from './c-api.js';
import { compileTrampolines, type Signature, trampolines } from './trampolines.js';

/** 64 KiB each. The build starts with 8 MiB, and may grow to 2 GiB. */
const PAGES_INITIAL = 128;
const PAGES_MAX = 32_768;
const PAGE_BYTES = 65_536;

/** Functions that SQLite calls, by the names that {@link Machine.entries} gives their places in the table. */
export interface Callbacks {
  readonly signatures: Readonly<Record<string, Signature>>;
  readonly functions: Readonly<Record<string, WasmFunction>>;
}

/** More than the allocator has at hand after the start. */
const PROBE_BYTES = 1 << 20;

/** The index behind the last byte that is not zero, rounded up to 8. */
const endOfContent = (memory: ArrayBuffer): number => {
  const words = new BigUint64Array(memory);
  let end = words.length;
  while (end > 0 && words[end - 1] === 0n) end -= 1;
  return end * 8;
};

const compiledTrampolines = new Map<Callbacks['signatures'], object>();

const trampolinesOf = ({ signatures, functions }: Callbacks): Readonly<Record<string, WasmFunction>> => {
  const module = compiledTrampolines.get(signatures) ?? compileTrampolines(signatures);
  compiledTrampolines.set(signatures, module);
  return trampolines(module, functions);
};

/** SQLITE_CONFIG_URI: whether a name may be a URI is said by who opens it. */
const CONFIG_URI = 17;

/** `-1`: what the build asks of an operating system beside the VFS, which it never needs here. */
const NO_SYSTEM = (): number => -1;

/** The calendar of `localtime()`, in the C structure `tm`. */
const localTime = (machine: () => Machine) => (seconds: bigint, at: Pointer) => {
  const date = new Date(Number(seconds) * 1000);
  const startOfYear = new Date(date.getFullYear(), 0, 1);
  const day = Math.round(
    (new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime() - startOfYear.getTime()) /
      86_400_000,
  );
  const fields = [
    date.getSeconds(),
    date.getMinutes(),
    date.getHours(),
    date.getDate(),
    date.getMonth(),
    date.getFullYear() - 1900,
    date.getDay(),
    day,
    0,
    -date.getTimezoneOffset() * 60,
  ];
  const { heap } = machine();
  for (const [index, field] of fields.entries()) heap.writeInt32LE(field, at + 4 * index);
};

export class Machine {
  readonly api: CApi;
  /** Where in the table SQLite finds each of the callbacks. */
  readonly entries: Readonly<Record<string, Pointer>>;
  private readonly memory: Memory;
  private view: Buffer;
  /** The memory after SQLite was initialised, and where its stack was. */
  private readonly start: { readonly bytes: Buffer; readonly stack: Pointer };
  private readonly breaks: readonly Pointer[];

  /** @param prepare registers what outlives a life, such as a VFS; it must not allocate for a life */
  constructor(callbacks: Callbacks, prepare: (machine: Machine) => void) {
    this.memory = new assembly.Memory({ initial: PAGES_INITIAL, maximum: PAGES_MAX });
    this.view = Buffer.from(this.memory.buffer);
    this.api = new assembly.Instance(compiledSqlite(), this.imports()).exports as CApi; // what its build exports
    this.entries = this.put(trampolinesOf(callbacks));
    this.api.__wasm_call_ctors();
    this.api.sqlite3__wasm_config_i(CONFIG_URI, 0);
    const code = this.api.sqlite3_initialize();
    if (code !== OK) throw new Error(`sqlite3_initialize failed with code ${code}.`);
    prepare(this);
    this.start = {
      bytes: Buffer.from(this.heap.subarray(0, endOfContent(this.memory.buffer))),
      stack: this.api.emscripten_stack_get_current(),
    };
    this.breaks = this.findBreaks();
    this.reset();
  }

  /** The memory, as it is now: it is another object when the memory has grown. */
  get heap(): Buffer {
    if (this.view.length === 0) this.view = Buffer.from(this.memory.buffer);
    return this.view;
  }

  /** Sets everything back to where it was after the start. Costs some 0.2 ms. */
  reset(): void {
    const { bytes, stack } = this.start;
    const { heap } = this;
    const end =
      this.breaks.length === 0 ? heap.length : Math.max(...this.breaks.map((at) => this.pointer(at)));
    heap.fill(0, bytes.length, Math.min(end, heap.length));
    bytes.copy(heap);
    this.api._emscripten_stack_restore(stack);
  }

  /**
   * Where the allocator keeps how far it has come, found by what changes when it needs more: memory beyond that is untouched.
   * Other words that change alike only make the result larger. None: all memory counts as touched.
   */
  private findBreaks(): readonly Pointer[] {
    const { bytes } = this.start;
    const wanted = PROBE_BYTES;
    this.api.sqlite3_free(this.allocate(wanted));
    const breaks: Pointer[] = [];
    for (let at = 0; at + 4 <= bytes.length; at += 4) {
      const after = this.pointer(at);
      // It had some at hand.
      if (after >= bytes.readUInt32LE(at) + wanted / 2 && after <= this.heap.length) breaks.push(at);
    }
    return breaks;
  }

  /** Text that ends with a zero; undefined for null. */
  text(at: Pointer): string | undefined {
    if (at === 0) return undefined;
    const { heap } = this;
    return heap.toString('utf8', at, heap.indexOf(0, at));
  }

  /** Calls `act` with bytes in the memory, which are freed when it returns. A zero follows them. */
  withBytes<T>(bytes: Uint8Array, act: (at: Pointer, length: number) => T): T {
    const at = this.allocate(bytes.length + 1);
    try {
      const { heap } = this;
      heap.set(bytes, at);
      heap[at + bytes.length] = 0;
      return act(at, bytes.length);
    } finally {
      this.api.sqlite3_free(at);
    }
  }

  withText<T>(text: string, act: (at: Pointer, length: number) => T): T {
    return this.withBytes(Buffer.from(text, 'utf8'), act);
  }

  /** Calls `act` with room for what SQLite returns by address, set to zero; 8 bytes each. */
  withRoom<T>(count: number, act: (at: Pointer) => T): T {
    return this.withBytes(Buffer.alloc(8 * count), act);
  }

  pointer(at: Pointer): Pointer {
    return this.heap.readUInt32LE(at);
  }

  /** @throws RangeError where SQLite is out of memory */
  allocate(bytes: number): Pointer {
    const at = this.api.sqlite3_malloc(bytes);
    if (at === 0) throw new RangeError(`SQLite has no memory for ${bytes} bytes.`);
    return at;
  }

  private put(functions: Readonly<Record<string, WasmFunction>>): Readonly<Record<string, Pointer>> {
    const names = Object.keys(functions);
    const table = this.api.__indirect_function_table;
    const first = table.grow(names.length);
    for (const [index, name] of names.entries()) {
      const callback = functions[name];
      if (callback !== undefined) table.set(first + index, callback);
    }
    return Object.fromEntries(names.map((name, index) => [name, first + index]));
  }

  private grow(bytes: number): number {
    const missing = bytes - this.memory.buffer.byteLength;
    if (missing <= 0) return 1;
    try {
      this.memory.grow(Math.ceil(missing / PAGE_BYTES));
    } catch {
      return 0; // SQLite reports that there is no memory
    }
    return 1;
  }

  private imports(): object {
    const own: Readonly<Record<string, unknown>> = {
      memory: this.memory,
      emscripten_resize_heap: (bytes: number) => this.grow(bytes >>> 0),
      emscripten_get_heap_max: () => PAGES_MAX * PAGE_BYTES,
      emscripten_date_now: () => Date.now(),
      emscripten_get_now: () => Date.now(),
      _localtime_js: localTime(() => this),
      _tzset_js: () => undefined,
      environ_sizes_get: (count: Pointer, size: Pointer) => {
        this.heap.writeInt32LE(0, count);
        this.heap.writeInt32LE(0, size);
        return 0;
      },
      environ_get: () => 0,
    };
    const imports: Record<string, Record<string, unknown>> = {};
    for (const { module, name } of assembly.Module.imports(compiledSqlite())) {
      const from = imports[module] ?? {};
      from[name] = own[name] ?? NO_SYSTEM;
      imports[module] = from;
    }
    return imports;
  }
}
