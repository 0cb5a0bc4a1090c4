import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader, FrameWriter, KEY_BYTES } from './wire.js';

const KEY = Buffer.alloc(KEY_BYTES, 7);
const OTHER_KEY = Buffer.alloc(KEY_BYTES, 8);
const LENGTH_BYTES = 4;

const framesOf = (values: readonly unknown[], key = KEY): readonly Buffer[] => {
  const writer = new FrameWriter(key);
  return values.map((value) => writer.frame(value));
};

/** The same bytes in pieces of other sizes. */
const inPieces = (bytes: Buffer, sizes: readonly number[]): readonly Buffer[] => {
  const pieces: Buffer[] = [];
  let from = 0;
  for (const size of sizes) {
    pieces.push(bytes.subarray(from, from + size));
    from += size;
  }
  return [...pieces, bytes.subarray(from)];
};

const readAll = (pieces: readonly Buffer[], key = KEY): readonly unknown[] => {
  const reader = new FrameReader(key);
  return pieces.flatMap((piece) => reader.push(piece));
};

describe('FrameReader', () => {
  it('gives back what FrameWriter wrote, in whatever pieces it comes', () => {
    const message = fc.anything({ withMap: true, withSet: true, withBigInt: true, withTypedArray: true });
    fc.assert(
      fc.property(fc.array(message), fc.array(fc.nat(200)), (values, sizes) => {
        expect(readAll(inPieces(Buffer.concat(framesOf(values)), sizes))).toEqual(values);
      }),
    );
  });

  it('waits for the rest of a frame', () => {
    const [frame = Buffer.alloc(0)] = framesOf(['whole']);
    const reader = new FrameReader(KEY);
    expect(reader.push(frame.subarray(0, -1))).toEqual([]);
    expect(reader.push(frame.subarray(-1))).toEqual(['whole']);
  });

  it('carries undefined as a value', () => expect(readAll(framesOf([undefined, 1]))).toEqual([undefined, 1]));

  it('refuses a frame with any byte changed', () => {
    const [frame = Buffer.alloc(0)] = framesOf([{ kind: 'concluded', verdict: 'violated' }]);
    for (let place = LENGTH_BYTES; place < frame.length; place++) {
      const changed = Buffer.from(frame);
      changed[place] = (changed[place] ?? 0) ^ 1;
      expect(() => readAll([changed])).toThrow('no message');
    }
  });

  it.each([
    ['of another key', () => framesOf(['forged'], OTHER_KEY)],
    ['a second time', () => framesOf(['once']).flatMap((frame) => [frame, frame])],
    ['in another order', () => [...framesOf(['first', 'second'])].reverse()],
    ['after one was left out', () => framesOf(['left out', 'second']).slice(1)],
    ['with a length beyond any message', () => [Buffer.alloc(100, 0xff)]],
    ['of zeros', () => [Buffer.alloc(100)]],
  ])('refuses a frame %s', (_what, frames) => {
    expect(() => readAll(frames())).toThrow('no message');
  });
});

describe('FrameWriter', () => {
  it('throws for what cannot be serialized, and goes on after it', () => {
    const writer = new FrameWriter(KEY);
    expect(() => writer.frame(() => undefined)).toThrow('could not be cloned');
    expect(readAll([writer.frame('next')])).toEqual(['next']);
  });
});
