/** Colour in the terminal, or none: reports ask for a meaning, this decides how it looks. */
import { createColors } from 'picocolors';
import type { Tone } from '../result/comparison.js';

export interface Style {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly tone: (tone: Tone, text: string) => string;
}

export const terminalStyle = (color: boolean): Style => {
  const colors = createColors(color);
  const tones: Readonly<Record<Tone, (text: string) => string>> = {
    good: colors.green,
    bad: colors.red,
    warn: colors.yellow,
    plain: String,
    faint: colors.dim,
  };
  return {
    good: colors.green,
    bad: colors.red,
    warn: colors.yellow,
    faint: colors.dim,
    strong: colors.bold,
    tone: (tone, text) => tones[tone](text),
  };
};
