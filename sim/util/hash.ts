/**
 * A 64-bit content hash in two 32-bit lanes, fast on small integers and sectors and the same on every runtime.
 * Not cryptographic: no one attacks their own explorer. At a million distinct states the chance that any two
 * share a hash is about 3 in 100 million.
 */

const LANE_1 = 0x9e3779b1;
const LANE_2 = 0x85ebca77;
const MULTIPLIER_1 = 0xcc9e2d51;
const MULTIPLIER_2 = 0x1b873593;

/** Scrambles 32 bits so that every input bit reaches every output bit (murmur3's finaliser). */
export const scramble = (value: number): number => {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
};

/** Of each byte. Keys are made of digests, and by these they are made in a third of the time. */
const HEXADECIMAL = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const hexadecimal = (lane: number): string =>
  `${HEXADECIMAL[lane >>> 24]}${HEXADECIMAL[(lane >>> 16) & 255]}${HEXADECIMAL[(lane >>> 8) & 255]}${HEXADECIMAL[lane & 255]}`;

/** A running hash: order matters. */
export class Hash {
  lane1 = LANE_1 | 0;
  lane2 = LANE_2 | 0;

  /** Takes in one integer; only its low 32 bits and, for larger numbers, its high part count. */
  int(value: number): this {
    const low = value | 0;
    this.mix(low);
    if (low !== value) this.mix(Math.floor(value / 0x100000000) | 0);
    return this;
  }

  text(value: string): this {
    this.mix(value.length);
    for (let i = 0; i < value.length; i++) this.mix(value.charCodeAt(i));
    return this;
  }

  bytes(value: Uint8Array, start = 0, end = value.length): this {
    this.mix(end - start);
    let i = start;
    for (; i + 4 <= end; i += 4) {
      this.mix(
        ((value[i] ?? 0) | ((value[i + 1] ?? 0) << 8) | ((value[i + 2] ?? 0) << 16)) +
          ((value[i + 3] ?? 0) << 24),
      );
    }
    for (; i < end; i++) this.mix(value[i] ?? 0);
    return this;
  }

  private mix(word: number): void {
    const a = Math.imul(this.lane1 ^ word, MULTIPLIER_1);
    this.lane1 = ((a << 15) | (a >>> 17)) ^ (a >>> 11);
    const b = Math.imul(this.lane2 + word, MULTIPLIER_2);
    this.lane2 = (((b << 13) | (b >>> 19)) + LANE_2) | 0;
  }

  /** Both lanes, finished, as 16 hexadecimal digits. */
  digest(): string {
    return hexadecimal(scramble(this.lane1)) + hexadecimal(scramble(this.lane2 ^ this.lane1));
  }
}

/** The digest of a text. */
export const hashText = (text: string): string => new Hash().text(text).digest();
