/**
 * Places as plain numbers, for arithmetic and comparison: the number of events at or before a place to resume
 * after. 0 is the BEGINNING, which is no event's position, so nothing is lost in either direction.
 */
import { BEGINNING, globalPosition, type Resume } from './event.js';

export const placeOf = (resume: Resume): number => (resume === BEGINNING ? 0 : Number(resume));

export const resumeAfter = (place: number): Resume => (place === 0 ? BEGINNING : globalPosition(place));
