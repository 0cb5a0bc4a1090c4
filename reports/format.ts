/** Numbers and words as all reports write them: one place, so that no two reports disagree on a figure. */

/** From here on the order of magnitude says enough. */
const LARGE = 1e15;

/** '1.2 × 10^40', never more than the value. */
const powerOfTen = (value: number): string => {
  const [mantissa = '', exponent = ''] = value.toExponential().split('e+');
  return `${Math.floor(Number(mantissa) * 10) / 10} × 10^${exponent}`;
};

/** '12,345'; fractions keep two significant decimals at most: '1.25', '0.004'. Large values: '1.2 × 10^40'. */
export const formatNumber = (value: number): string => {
  if (!Number.isFinite(value)) return '–';
  if (value >= LARGE) return powerOfTen(value);
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const rounded = Number(value.toFixed(digits));
  return rounded === 0 ? Number(value.toPrecision(1)).toString() : rounded.toLocaleString('en-US');
};

/** '850 ms', '4.2 s', '3 min 05 s'. */
export const formatSeconds = (seconds: number): string => {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
};

/** '1 image', '3 images', '2 crashes' (the plural given, where an s is not enough). */
export const formatCount = (count: number, one: string, many = `${one}s`): string =>
  `${formatNumber(count)} ${count === 1 ? one : many}`;

/** 'eventsReadOnRecovery' -> 'events read on recovery'; words stay as they are. */
export const formatName = (name: string): string =>
  name.includes(' ')
    ? name
    : name
        .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
        .replace(/[_-]+/g, ' ')
        .toLowerCase();

// Escape sequences would let the contents of an event repaint the reader's terminal; tabs break columns. Characters without a
// width, or that turn the direction of writing, make text look like another one. Joiners stay: scripts and emoji need them.
const CONTROL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udfff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
/** Any of these, or a character in two halves. Looked for first: most text has none, and this takes a tenth of the time. */
const SUSPECT =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]/;

const visible = (character: string): string => {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
};

/** Makes control, format and bidirectional characters visible, '\u001b' for ESC. Line feeds stay. */
export const printable = (text: string): string =>
  SUSPECT.test(text) ? text.replace(CONTROL, visible) : text;

/** The same on one line: line feeds are made visible, too. */
export const printableLine = (text: string): string => printable(text).replace(/\n/g, '\\u000a');

/** JSON text without control and format characters, which parses to the same value: also safe where a terminal shows it. */
export const printableJson = (value: unknown, indentation?: number): string => {
  const text = (JSON.stringify(value, undefined, indentation) ?? 'null').replace(/##(?=\[)/g, '#\\u0023');
  // They are in strings only, where an escape means the character.
  return SUSPECT.test(text)
    ? text.replace(CONTROL, (character) => character.split('').map(visible).join(''))
    : text;
};

/**
 * Lines without GitHub workflow commands: `::name` at the beginning of a line, and `##[name]` anywhere. Applied to a whole
 * output, as a line break at a space may make a new beginning.
 */
export const withoutWorkflowCommands = (text: string): string =>
  text.replace(/^([^\S\n]*):(?=:)/gm, '$1\\u003a').replace(/##(?=\[)/g, '#\\u0023');

/** Printable lines without workflow commands. */
export const harmless = (text: string): string => withoutWorkflowCommands(printable(text));

/** The same on one line. */
export const harmlessLine = (text: string): string => harmless(printableLine(text));

/** One word of a POSIX shell, quoted where it has to be. */
const shellWord = (text: string): string => {
  const shown = printableLine(text);
  return /^[\w.,:@%+=/~-]+$/.test(shown) ? shown : `'${shown.replace(/'/g, "'\\''")}'`;
};

/**
 * The shell command that replays a token; suites that are not shipped need their file.
 * Whatever a result holds, pasting the command runs nothing else.
 */
export const replayCommand = (token: string, file?: string): string =>
  ['npx powercut replay', token, ...(file === undefined ? [] : [file])]
    .map((word, index) => (index === 0 ? word : shellWord(word)))
    .join(' ');

/** A block of Markdown in which every character stands for itself; its fence is longer than any run of backticks inside. */
export const fenced = (text: string): string => {
  const runs = text.match(/`{3,}/g) ?? [];
  const fence = '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return `${fence}text\n${printable(text)}\n${fence}`;
};

/** At most `length` characters, an ellipsis in the place of what is left out. */
export const shorten = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, Math.max(1, length - 1))}…`;

/** The lines 'expected: …' and 'actual:   …' of a failure whose check returned both states; none otherwise. */
export const stateLines = ({
  expected,
  actual,
}: {
  readonly expected?: unknown;
  readonly actual?: unknown;
}): readonly string[] =>
  expected === undefined || actual === undefined
    ? []
    : [`expected: ${printableJson(expected)}`, `actual:   ${printableJson(actual)}`];

/**
 * Breaks a line at spaces so that none is longer than `columns`, unless one word is.
 * Its indentation is kept, and what follows the first line stands `hanging` further in.
 */
export const wrap = (line: string, columns: number, hanging = ''): readonly string[] => {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const [first = '', ...words] = line.slice(indent.length).split(' ');
  const lines: string[] = [];
  let current = indent + first;
  for (const word of words) {
    if (current.length + 1 + word.length > columns) {
      lines.push(current);
      current = `${indent}${hanging}${word}`;
    } else {
      current = `${current} ${word}`;
    }
  }
  return [...lines, current];
};
