/** Whether two entries hold the same event, wherever they are: for telling a repeated append from another of the same id. */
import type { Buffer } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import { ENTRY_HEADER_BYTES, get16 } from './frame.js';

/** Between the id's hash and the lengths: how far the event is from its place, and its version. */
const PLACE_START = 8;
const PLACE_END = 16;

/** Where an entry's data begins. An optional text's length is stored plus one; 0 is "absent". */
const dataStart = (entry: Buffer): number => {
  const length = (at: number): number => get16(entry, at);
  const optional = (at: number): number => Math.max(0, length(at) - 1);
  return ENTRY_HEADER_BYTES + length(16) + length(18) + length(20) + optional(22) + optional(24);
};

/** True for the same stream name, ids, type and data; in what order the fields of its objects come does not matter. */
export const sameContent = (entry: Buffer | undefined, stored: Buffer): boolean => {
  if (entry === undefined) return false;
  if (entry.subarray(0, PLACE_START).equals(stored.subarray(0, PLACE_START))) {
    if (entry.subarray(PLACE_END).equals(stored.subarray(PLACE_END))) return true;
  }
  const start = dataStart(entry);
  if (start !== dataStart(stored)) return false;
  if (!entry.subarray(PLACE_END, start).equals(stored.subarray(PLACE_END, start))) return false;
  try {
    return isDeepStrictEqual(dataOf(entry, start), dataOf(stored, start));
  } catch (error) {
    // What is stored is no JSON, which no store wrote: nothing is the same as that.
    if (error instanceof SyntaxError) return false;
    throw error;
  }
};

const dataOf = (entry: Buffer, start: number): unknown => JSON.parse(entry.toString('utf8', start));
