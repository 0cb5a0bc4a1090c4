/**
 * Positions as plain numbers, for arithmetic and comparison inside. 0 is the BEGINNING, which is no event's position, so
 * nothing is lost in either direction.
 */
import { BEGINNING, globalPosition, type Resume } from './event.js';

export const numberOf = (position: Resume): number => (position === BEGINNING ? 0 : Number(position));

export const resumeAfter = (position: number): Resume =>
  position === 0 ? BEGINNING : globalPosition(position);
