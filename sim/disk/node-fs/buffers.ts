/** Several buffers as the one stretch of bytes that a system call reads or writes. */

export const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

export const lengthOf = (buffers: readonly ArrayBufferView[]): number =>
  buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);

/** Lays `bytes` down in one buffer after the other. */
export const scatter = (bytes: Uint8Array, buffers: readonly ArrayBufferView[]): void => {
  let done = 0;
  for (const buffer of buffers) {
    const target = bytesOf(buffer);
    target.set(bytes.subarray(done, done + target.length));
    done += target.length;
  }
};
