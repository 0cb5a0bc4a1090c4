/** Checks of what callers give. Types forbid most of it; programs without types, and casts, don't. */
import { textOfThrown } from '../thrown.js';
import { InvalidArgumentError } from './errors.js';
import { BEGINNING } from './event.js';

/** A value as an error shows it. */
const tell = (value: unknown): string => {
  const text = typeof value === 'string' ? JSON.stringify(value) : textOfThrown(value);
  const brief = text.length > 100 ? `${text.slice(0, 100)}...` : text;
  return typeof value === 'bigint' ? `${brief}n` : brief;
};

export const checkBytes = (name: string, value: number, min: number, max: number): void => {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  throw new InvalidArgumentError(
    `the option ${name} is ${tell(value)}; it may be a whole number from ${min} to ${max}`,
  );
};

export const checkMaxCount = (maxCount: number): void => {
  if (maxCount === Number.POSITIVE_INFINITY || (Number.isSafeInteger(maxCount) && maxCount >= 0)) return;
  throw new InvalidArgumentError(`maxCount is ${tell(maxCount)}; it may be a whole number from 0`);
};

export const checkStreamName = (streamName: unknown): void => {
  if (typeof streamName === 'string') return;
  throw new InvalidArgumentError(`the stream name is ${tell(streamName)}, not a string`);
};

export const checkDirection = (direction: unknown): void => {
  if (direction === 'forwards' || direction === 'backwards') return;
  throw new InvalidArgumentError(`direction is ${tell(direction)}; it may be 'forwards' or 'backwards'`);
};

/** A position of an event, in its stream or in the log: a bigint from 1n. */
export const checkPosition = (name: string, position: unknown): void => {
  if (typeof position === 'bigint' && position >= 1n) return;
  throw new InvalidArgumentError(`${name} is ${tell(position)}; it may be a bigint from 1n`);
};

export const checkResume = (name: string, resume: unknown): void => {
  if (resume === BEGINNING || (typeof resume === 'bigint' && resume >= 1n)) return;
  throw new InvalidArgumentError(`${name} is ${tell(resume)}; it may be ${BEGINNING} or a bigint from 1n`);
};
