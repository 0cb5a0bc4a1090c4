/** What a worker's suite prints while no life runs, passed on line by line: as text, whatever is in it. */
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { harmlessLine } from '../../reports/format.js';

/** A line that is longer is passed on in pieces. */
const LINE_CHARACTERS_MAX = 65_536;

const linesOf = async function* (stream: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    if (rest.length <= LINE_CHARACTERS_MAX) continue;
    yield rest;
    rest = '';
  }
  if (rest !== '') yield rest;
};

/** Tabs are what a program's own tables are made with. */
const textOf = (line: string): string => line.replace(/\r$/, '').split('\t').map(harmlessLine).join('\t');

const relayAll = async (from: Readable, to: Writable): Promise<void> => {
  for await (const line of linesOf(from)) {
    if (to.destroyed) return;
    if (!to.write(`${textOf(line)}\n`)) await once(to, 'drain');
  }
};

/** Until the stream ends, as fast as the other side takes it. Never rejects: a worker that is killed breaks off its output. */
export const relay = async (from: Readable, to: Writable): Promise<void> => {
  await relayAll(from, to).catch(() => undefined);
};
