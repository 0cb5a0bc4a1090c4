/** A database as bytes: the content that its file has, or would have. */

import type { Connection } from '../engine/connection.js';
import { ERROR, OK } from '../wasm/c-api.js';
import type { Handle } from './handle.js';

const FREE_ON_CLOSE = 1;
const RESIZEABLE = 2;
const READ_ONLY = 4;

export const serialized = (handle: Handle, schema: string): Buffer => {
  handle.requireOpen();
  handle.requireIdle();
  handle.requireNoIterators();
  const { connection } = handle;
  const { machine } = connection;
  return machine.withText(schema, (name) =>
    machine.withRoom(1, (size) => {
      machine.heap.writeBigInt64LE(-1n, size);
      const data = machine.api.sqlite3_serialize(connection.handle, name, size, 0);
      const bytes = Number(machine.heap.readBigInt64LE(size));
      if (data === 0 && bytes !== 0) throw new Error('Out of memory');
      const copy = Buffer.from(machine.heap.subarray(data, data + Math.max(bytes, 0)));
      machine.api.sqlite3_free(data);
      return copy;
    }),
  );
};

/** Closes the connection where the content can't be taken. */
export const deserialized = (connection: Connection, content: Buffer, isReadOnly: boolean): void => {
  const { machine } = connection;
  const data = content.length === 0 ? 0 : machine.allocate(content.length);
  machine.heap.set(content, data);
  const size = BigInt(content.length);
  const flags = FREE_ON_CLOSE | RESIZEABLE | (isReadOnly ? READ_ONLY : 0);
  const code = machine.withText('main', (main) =>
    machine.api.sqlite3_deserialize(connection.handle, main, data, size, size, flags),
  );
  if (code === OK) return;
  connection.close();
  if (code === ERROR) connection.throwMessage('unable to deserialize database');
  connection.throwCode(code);
};
