import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { READ_WIDTH } from '../../disk/crash-model/image-reads.js';
import { chunkOf, positionInChunk, SharedReads } from './shared-reads.js';

const readsOf = (packed: Int32Array) => ({ packed, names: [], inos: [] });

const someReads = fc
  .array(fc.tuple(...Array.from({ length: READ_WIDTH }, () => fc.integer({ min: -2, max: 2 }))), {
    maxLength: 200,
  })
  .map((reads) => Int32Array.from(reads.flat()));

describe('SharedReads', () => {
  it('gives each read back, and none beyond the last', () => {
    fc.assert(
      fc.property(fc.array(someReads, { maxLength: 5 }), (lives) => {
        const shared = new SharedReads();
        for (const packed of lives) {
          const reads = shared.share(readsOf(packed));
          const count = packed.length / READ_WIDTH;
          for (let read = 0; read < count; read++) {
            const at = positionInChunk(read);
            expect(chunkOf(reads, read)?.subarray(at, at + READ_WIDTH)).toEqual(
              packed.subarray(read * READ_WIDTH, (read + 1) * READ_WIDTH),
            );
          }
          expect(chunkOf(reads, count)?.[positionInChunk(count)]).toBeUndefined();
        }
      }),
    );
  });

  it('keeps once what two lives read alike, and nothing of the array that it came in', () => {
    const shared = new SharedReads();
    const long = Int32Array.from({ length: READ_WIDTH * 200 }, (_, index) => index);
    const [one, other] = [long, long.with(long.length - 1, -1)].map((packed) =>
      shared.share(readsOf(packed)),
    );
    expect(one?.chunks.length).toBeGreaterThan(2);
    for (const [index, chunk] of (one?.chunks ?? []).entries()) {
      const isLast = index === (one?.chunks.length ?? 0) - 1;
      expect(other?.chunks[index] === chunk).toBe(!isLast);
      expect(chunk.buffer.byteLength).toBe(chunk.byteLength);
    }
  });
});
