import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { printTo } from './output.js';

/** A reader that takes a line on demand. */
const slowReader = () => {
  const taken: (() => void)[] = [];
  const stream = new Writable({ highWaterMark: 4, write: (_chunk, _encoding, done) => taken.push(done) });
  return { stream, take: () => taken.shift()?.() };
};

const isSettled = async (promise: Promise<void>): Promise<boolean> => {
  const later = new Promise<false>((resolve) => setImmediate(() => resolve(false)));
  return await Promise.race([promise.then(() => true), later]);
};

test('printTo waits for a slow reader, and not for one that keeps up', async () => {
  const { stream, take } = slowReader();
  const { print, keptUp } = printTo(stream);
  expect(await isSettled(keptUp())).toBe(true);
  print('a long line');
  const waiting = keptUp();
  expect(await isSettled(waiting)).toBe(false);
  take();
  await waiting;
  expect(stream.listenerCount('drain')).toBe(0);
});

test('printTo does not wait for a reader that is gone, and drops the rest', async () => {
  const { stream } = slowReader();
  const { print, keptUp } = printTo(stream);
  print('a long line');
  const waiting = keptUp();
  stream.on('error', () => undefined);
  stream.destroy(Object.assign(new Error('broken pipe'), { code: 'EPIPE' }));
  await waiting;
  print('another');
  await keptUp();
});
