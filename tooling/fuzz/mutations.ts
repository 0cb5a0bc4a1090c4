/**
 * What is done to a sound log. Blind damage (bits, bytes, sectors, lengths), damage that knows what a frame, a segment and
 * an index file are (removed, doubled, swapped, spliced, put in each other's place), and forgeries: lies whose checksum
 * holds, which no disk makes, but an enemy or a fault in another program can.
 */
import { Buffer } from 'node:buffer';
import { FRAME_HEADER_BYTES, type FrameHeader } from '../../src/event-store/format/frame.js';
import type { Files, SoundLog, SoundSegment } from './corpus.js';
import { Draft, type Mutation, NUMBERS } from './draft.js';
import type { Draw } from './draw.js';
import {
  forgeFrame,
  forgeHeader,
  forgeIndex,
  forgeIndexAndSeal,
  forgeState,
  swapIndex,
  swapState,
} from './forgeries.js';

const SECTOR = 512;

export interface Mutated {
  readonly files: Files;
  /** What was done, in words, in order. */
  readonly did: readonly string[];
  readonly kinds: readonly KindName[];
  /** Some checksum in the log was made to hold over a lie: what comes at or after it may be believed. */
  readonly forged: boolean;
}

const onFile =
  (mutate: (bytes: Buffer, draw: Draw) => string): Mutation =>
  (draft, draw) => {
    const name = draft.file(draw);
    return name === undefined ? undefined : `${name}: ${mutate(draft.own(name), draw)}`;
  };

const onFrames =
  (mutate: (bytes: Buffer, segment: SoundSegment, frame: FrameHeader, draw: Draw) => string): Mutation =>
  (draft, draw) => {
    const segment = draft.segment(draw);
    const frame = segment && draw.pick(segment.frames);
    if (segment === undefined || frame === undefined) return undefined;
    return `${segment.name}: ${mutate(draft.own(segment.name), segment, frame, draw)}`;
  };

const flipBits = onFile((bytes, draw) => {
  const places: string[] = [];
  for (let left = 1 + draw.below(3); left > 0; left--) {
    const at = draw.below(bytes.length);
    const bit = draw.below(8);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
    places.push(`${at}.${bit}`);
  }
  return `bits flipped at ${places.join(', ')}`;
});

const setNumber = onFile((bytes, draw) => {
  if (bytes.length < 4) return 'left alone';
  const at = draw.below(bytes.length - 3);
  const value = draw.pick(NUMBERS);
  bytes.writeUInt32LE(value, at);
  return `number ${value} at ${at}`;
});

/** A field of a header, where damage is likeliest to be believed. */
const setField = onFrames((bytes, _, frame, draw) => {
  const at = frame.offset + 4 * draw.below(FRAME_HEADER_BYTES / 4 + 7);
  const value = draw.pick([
    ...NUMBERS,
    bytes.readUInt32LE(at) + 8,
    bytes.readUInt32LE(at) - 8,
    draw.below(4096),
  ]);
  bytes.writeUInt32LE((value ?? 0) >>> 0, at);
  return `number ${value} in the frame at ${frame.offset}, at ${at}`;
});

const truncate: Mutation = (draft, draw) => {
  const name = draft.file(draw);
  const bytes = name === undefined ? undefined : draft.files.get(name);
  if (name === undefined || bytes === undefined) return undefined;
  const frame = draw.pick(draft.sound.segments.find((segment) => segment.name === name)?.frames ?? []);
  const anywhere = draw.below(bytes.length);
  const length = draw.pick([anywhere, anywhere - (anywhere % SECTOR), frame?.offset ?? anywhere]);
  draft.files.set(name, bytes.subarray(0, length));
  return `${name}: cut to ${length} bytes`;
};

const extend: Mutation = (draft, draw) => {
  const name = draft.file(draw);
  const bytes = name === undefined ? undefined : draft.files.get(name);
  if (name === undefined || bytes === undefined) return undefined;
  const tail = Buffer.alloc(1 + draw.below(2 * SECTOR));
  const what = draw.pick(['zeros', 'noise', 'its own start'] as const);
  if (what === 'noise') for (let at = 0; at < tail.length; at++) tail[at] = draw.below(256);
  if (what === 'its own start') bytes.copy(tail);
  draft.files.set(name, Buffer.concat([bytes, tail]));
  return `${name}: ${tail.length} bytes of ${what} at its end`;
};

const fillSectors = onFile((bytes, draw) => {
  const sectors = Math.ceil(bytes.length / SECTOR);
  const first = draw.below(sectors);
  const count = 1 + draw.below(Math.min(3, sectors - first));
  const value = draw.pick([0, 0, 0xff, draw.below(256)]);
  bytes.fill(value, first * SECTOR, Math.min(bytes.length, (first + count) * SECTOR));
  return `${count} sectors from ${first} on filled with ${value}`;
});

/** A sector written to the wrong place, within its file or from another one. */
const misplaceSector: Mutation = (draft, draw) => {
  const from = draft.file(draw);
  const to = draft.file(draw);
  const source = from === undefined ? undefined : draft.files.get(from);
  if (from === undefined || to === undefined || source === undefined) return undefined;
  const bytes = draft.own(to);
  const read = SECTOR * draw.below(Math.ceil(source.length / SECTOR));
  const written = SECTOR * draw.below(Math.ceil(bytes.length / SECTOR));
  source.copy(bytes, written, read, read + SECTOR);
  return `${to}: sector at ${written} is the one at ${read} of ${from}`;
};

const blankFrame = onFrames((bytes, _, frame) => {
  bytes.fill(0, frame.offset, frame.offset + frame.bytes);
  return `the frame at ${frame.offset} zeroed`;
});

const removeFrame = onFrames((bytes, _, frame) => {
  bytes.copyWithin(frame.offset, frame.offset + frame.bytes);
  bytes.fill(0, bytes.length - frame.bytes);
  return `the frame at ${frame.offset} removed, and what follows moved up`;
});

const doubleFrame = onFrames((bytes, _, frame) => {
  const end = frame.offset + frame.bytes;
  bytes.copyWithin(end, frame.offset, bytes.length - frame.bytes);
  return `the frame at ${frame.offset} there twice`;
});

const swapFrames = onFrames((bytes, segment, one, draw) => {
  const other = draw.pick(segment.frames) ?? one;
  const [first, second] = one.offset <= other.offset ? [one, other] : [other, one];
  const firstEnd = first.offset + first.bytes;
  const parts = [
    bytes.subarray(second.offset, second.offset + second.bytes),
    bytes.subarray(firstEnd, Math.max(firstEnd, second.offset)),
    first === second ? Buffer.alloc(0) : bytes.subarray(first.offset, firstEnd),
  ];
  Buffer.concat(parts).copy(bytes, first.offset);
  return `the frames at ${first.offset} and ${second.offset} swapped`;
});

/** The head of one segment with the rest of another. */
const splice: Mutation = (draft, draw) => {
  const head = draft.segment(draw);
  const rest = draft.segment(draw);
  const cut = head && draw.pick(head.frames);
  const from = rest && draw.pick(rest.frames);
  const source = rest && draft.files.get(rest.name);
  if (head === undefined || cut === undefined || from === undefined || source === undefined) return undefined;
  const kept = draft.own(head.name).subarray(0, cut.offset);
  draft.files.set(head.name, Buffer.concat([kept, source.subarray(from.offset)]));
  return `${head.name}: from ${cut.offset} on it is ${rest?.name} from ${from.offset} on`;
};

const removeFile: Mutation = (draft, draw) => {
  const name = draft.file(draw);
  if (name === undefined) return undefined;
  draft.files.delete(name);
  return `${name}: removed`;
};

const replaceFile: Mutation = (draft, draw) => {
  const from = draft.file(draw);
  const to = draft.file(draw);
  const bytes = from === undefined ? undefined : draft.files.get(from);
  if (from === undefined || to === undefined || bytes === undefined || from === to) return undefined;
  draft.files.set(to, bytes);
  return `${to}: is a copy of ${from}`;
};

/** Files that the store did not write, or of no meaning any more; and such as may be mistaken for its own. */
const strangers: Mutation = (draft, draw) => {
  const name = draw.pick([
    'lock-1-1-gone',
    'lock-',
    'lock-../../etc',
    'compacted.tmp',
    '00000001.log.bak',
    '1.log',
    '00000000001.log',
    '00000009.index',
    '00000009.log',
    '99999999.log',
    'given-up.txt',
    '.DS_Store',
  ] as const);
  const noise = Buffer.alloc(draw.below(600));
  for (let at = 0; at < noise.length; at++) noise[at] = draw.below(256);
  draft.files.set(name, noise);
  return `${name}: added, ${noise.length} bytes`;
};

const KINDS = {
  'bits flipped': flipBits,
  'number set': setNumber,
  'header field set': setField,
  'cut short': truncate,
  extended: extend,
  'sectors filled': fillSectors,
  'sector misplaced': misplaceSector,
  'frame zeroed': blankFrame,
  'frame removed': removeFrame,
  'frame doubled': doubleFrame,
  'frames swapped': swapFrames,
  'segments spliced': splice,
  'file removed': removeFile,
  'file replaced': replaceFile,
  'strange file': strangers,
  'frame forged': forgeFrame,
  'segment header forged': forgeHeader,
  'index file forged': forgeIndex,
  'index file swapped': swapIndex,
  'index file and seal forged': forgeIndexAndSeal,
  'state file forged': forgeState,
  'state file swapped': swapState,
} as const satisfies Record<string, Mutation>;

export type KindName = keyof typeof KINDS;
export const kindNames = Object.keys(KINDS) as KindName[]; // of a constant object, in the order written

/** Does one to three things to a log. */
export const mutate = (sound: SoundLog, draw: Draw, others: readonly SoundLog[] = []): Mutated => {
  const draft = new Draft(sound, others);
  const did: string[] = [];
  const kinds: KindName[] = [];
  const times = draw.pick([1, 1, 2, 3] as const);
  for (let tries = 0; kinds.length < times && tries < 20; tries++) {
    const kind = draw.pick(kindNames) ?? 'strange file';
    const done = KINDS[kind](draft, draw);
    if (done === undefined) continue;
    did.push(done);
    kinds.push(kind);
  }
  const { files, forged } = draft;
  return { files, did, kinds, forged };
};
