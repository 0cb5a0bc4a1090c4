/** A file's content as a whole, read or written by a descriptor: what a FileHandle does, and the functions that take a path. */
import { Buffer } from 'node:buffer';
import type { SystemCalls } from '../kernel/system-calls.js';
import { type Abortable, refuseAborted } from './abort-signal.js';
import { ask, call, type Sequence } from './call-sequence.js';

export type Data =
  | string
  | ArrayBufferView
  | Iterable<string | ArrayBufferView>
  | AsyncIterable<string | ArrayBufferView>;

interface Given extends Abortable {
  readonly encoding?: BufferEncoding | null;
  readonly mode?: number | string;
  readonly flag?: string | number;
  readonly flush?: boolean;
}

/** As Node takes them, for reading and for writing. */
export type FileOptions = Given | BufferEncoding | null;

export const fileOptions = (options: FileOptions | undefined): Given =>
  typeof options === 'object' && options !== null ? options : { encoding: options ?? null };

/** Reads from where the descriptor is to the end, as one call. */
export const readContent = (
  kernel: SystemCalls,
  fd: number,
  options?: FileOptions,
): Sequence<Buffer | string> =>
  call(() => {
    refuseAborted(options);
    const file = kernel.fileAt(fd, 'read');
    // One byte at least: an empty file, too, is read to its end, and what can't be read says so.
    const buffer = Buffer.alloc(Math.max(1, file.node.getSize() - file.position));
    // As Node does: a read may return fewer bytes than requested.
    let done = 0;
    let count: number;
    do {
      count = kernel.read(fd, buffer, done, buffer.length - done, null);
      done += count;
    } while (count > 0 && done < buffer.length);
    const bytes = buffer.subarray(0, done);
    const { encoding } = fileOptions(options);
    return encoding ? bytes.toString(encoding) : bytes;
  });

export function* writeContent(
  kernel: SystemCalls,
  fd: number,
  data: Data,
  options?: FileOptions,
): Sequence<void> {
  refuseAborted(options);
  if (typeof data === 'string' || ArrayBuffer.isView(data)) yield* writePart(kernel, fd, data, options);
  else yield* writeParts(kernel, fd, data, options);
  if (fileOptions(options).flush === true) yield* call(() => kernel.sync(fd, 'all'));
}

function* writePart(
  kernel: SystemCalls,
  fd: number,
  part: string | ArrayBufferView,
  options: FileOptions | undefined,
): Sequence<void> {
  const bytes =
    typeof part === 'string'
      ? Buffer.from(part, fileOptions(options).encoding ?? 'utf8')
      : Buffer.from(part.buffer, part.byteOffset, part.byteLength);
  let written = 0;
  while (written < bytes.length) {
    refuseAborted(options);
    const from = written;
    written += yield* call(() => kernel.write(fd, bytes, from, bytes.length - from, null));
  }
}

/** The program hands out one part after the other, and learns where no more of them are wanted. */
function* writeParts(
  kernel: SystemCalls,
  fd: number,
  data: Exclude<Data, string | ArrayBufferView>,
  options: FileOptions | undefined,
): Sequence<void> {
  const parts = (async function* () {
    yield* data;
  })();
  try {
    for (;;) {
      const next = yield* ask(() => parts.next());
      if (next.done === true) return;
      yield* writePart(kernel, fd, next.value, options);
    }
  } finally {
    yield* ask(() => parts.return());
  }
}
