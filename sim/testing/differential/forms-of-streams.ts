/** The forms in which streams are made, and all that they say. */
import type { EventEmitter } from 'node:events';
import fs from 'node:fs';
import { type Forms, failed, method, plain } from './form-outcomes.js';

const STREAM_OPTIONS: Readonly<Record<string, unknown>> = {
  encoding: 'hex',
  range: { start: 2, end: 5 },
  small: { highWaterMark: 3 },
  'a wrong start': { start: 'x' },
  'start after end': { start: 5, end: 2 },
  'no options': undefined,
  null: null,
  'a number': 5,
  'a wrong encoding': 'utf9',
  'not closed by itself': { autoClose: false },
  'no close event': { emitClose: false },
};

const OPEN = new Set(['not closed by itself', 'no close event']);

/** What a stream says, in its order: up to its last event, where it closes, or to its end. */
const events = (stream: fs.ReadStream | fs.WriteStream, root: string, closes: boolean): Promise<unknown> => {
  const told: unknown[] = [
    stream instanceof fs.ReadStream,
    stream instanceof fs.WriteStream,
    stream.pending,
    plain(stream.path, root),
  ];
  for (const name of ['open', 'ready', 'end', 'finish', 'error'])
    (stream as EventEmitter).on(name, (value: unknown) =>
      told.push(name, value instanceof Error ? failed(value) : typeof value),
    );
  return new Promise((resolve) => {
    (stream as EventEmitter).on('close', () => resolve([...told, 'close', stream.pending]));
    const last = stream instanceof fs.ReadStream ? 'end' : 'finish';
    if (!closes) (stream as EventEmitter).on(last, () => resolve(told));
    if (stream instanceof fs.ReadStream) stream.on('data', (chunk) => told.push(chunk.toString()));
    else {
      stream.write('one');
      stream.end('two');
    }
  });
};

export const streams = (): Forms => {
  const forms: Forms = {};
  for (const name of [
    'createReadStream',
    'createWriteStream',
    'ReadStream',
    'WriteStream',
    'FileReadStream',
    'FileWriteStream',
  ])
    for (const [title, options] of Object.entries(STREAM_OPTIONS)) {
      const make = (root: string, path: string): unknown => {
        try {
          return events(
            method(fs, name)(`${root}/${path}`, options) as fs.ReadStream,
            root,
            !OPEN.has(title),
          ); // or a WriteStream
        } catch (error) {
          return failed(error);
        }
      };
      forms[`${name}(path, ${title})`] = (root) => make(root, 'f');
      if (title === 'no options') forms[`${name}(a path that leads nowhere)`] = (root) => make(root, 'x/y');
    }
  return forms;
};
