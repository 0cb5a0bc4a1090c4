import { Buffer } from 'node:buffer';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openEventStore } from '../../src/event-store/index.js';
import { realEnvironment } from '../../src/real-environment.js';
import { runStoreCli } from './program.js';

const run = async (...args: string[]) => {
  const out: string[] = [];
  const err: string[] = [];
  const exitCode = await runStoreCli(args, {
    environment: realEnvironment(),
    print: (line) => out.push(line),
    keptUp: async () => {},
    complain: (line) => err.push(line),
  });
  return { exitCode, out, err };
};

/** A closed store of 40 events in several segments. */
const makeStore = async (): Promise<string> => {
  const directory = mkdtempSync(join(tmpdir(), 'powercut-store-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const store = await openEventStore(realEnvironment(), directory, {
    segmentBytes: 2048,
    preallocateBytes: 512,
  });
  for (let i = 1; i <= 40; i++) {
    await store.appendToStream(`s${i % 2}`, [{ type: 'counted', data: { i }, messageId: `m${i}` }]);
  }
  await store.close();
  return directory;
};

/** Flips a bit of the event with this message id. */
const damage = (directory: string, messageId: string): string => {
  for (const name of readdirSync(directory).filter((file) => file.endsWith('.log'))) {
    const bytes = readFileSync(join(directory, name));
    const at = bytes.indexOf(Buffer.from(`${messageId}counted`));
    if (at === -1) continue;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(join(directory, name), bytes);
    return name;
  }
  throw new Error(`there is no message ${messageId}`);
};

test('powercut-store verify: a sound store, with its segments and events', async () => {
  const directory = await makeStore();
  const { exitCode, out } = await run('verify', directory);
  expect(exitCode).toBe(0);
  expect(out.at(-1)).toBe('Sound: 40 events in 2 streams.');
  expect(out.length).toBeGreaterThan(2);
  const json = await run('verify', '--json', directory);
  expect(JSON.parse(json.out.join('\n'))).toMatchObject({ events: 40, streams: 2, damages: [] });
});

test('powercut-store verify: damage is reported with file and offset, and the log is not changed', async () => {
  const directory = await makeStore();
  const name = damage(directory, 'm5');
  const before = readFileSync(join(directory, name));
  const { exitCode, out } = await run('verify', directory);
  expect(exitCode).toBe(1);
  expect(out.filter((line) => line.includes('DAMAGED at byte'))).toHaveLength(1);
  expect(out.join('\n')).toContain(join(directory, name));
  expect(out.at(-1)).toMatch(/backup.*repair --give-up/);
  expect(readFileSync(join(directory, name)).equals(before)).toBe(true);
});

test('powercut-store verify: a torn tail is reported, and is no damage', async () => {
  const directory = await makeStore();
  const last = readdirSync(directory)
    .filter((name) => name.endsWith('.log'))
    .at(-1);
  const bytes = readFileSync(join(directory, last ?? ''));
  bytes.write('torn', bytes.length - 8);
  writeFileSync(join(directory, last ?? ''), bytes);
  // With it the log was closed in good order, and nothing in it could be torn any more.
  rmSync(join(directory, last?.replace('.log', '.index') ?? ''));
  const { exitCode, out } = await run('verify', directory);
  expect(exitCode).toBe(0);
  expect(out.join('\n')).toContain('torn; cut at the next opening');
});

test('powercut-store dump: events as JSON, one a line, of all streams or of one', async () => {
  const directory = await makeStore();
  const all = await run('dump', directory);
  expect(all.out).toHaveLength(40);
  expect(JSON.parse(all.out[0] ?? '')).toEqual({
    type: 'counted',
    data: { i: 1 },
    metadata: { messageId: 'm1', streamName: 's1', streamPosition: '1', globalPosition: '1' },
  });
  expect((await run('dump', directory, '--stream', 's0')).out).toHaveLength(20);
  const none = await run('dump', directory, '--stream', 'nope');
  expect(none.exitCode).toBe(2);
  expect(none.err).toEqual(['powercut-store: There is no stream "nope". (STREAM_NOT_FOUND)']);
});

test('powercut-store dump: JSON without terminal control sequences', async () => {
  const directory = await makeStore();
  const hostile = '\u001b[2J\u009b2J\u007f\u202eevil\u2066\u200f\u061c';
  const store = await openEventStore(realEnvironment(), directory);
  await store.appendToStream(hostile, [{ type: hostile, data: { [hostile]: hostile } }]);
  await store.close();
  const { out } = await run('dump', directory);
  const line = out.at(-1) ?? '';
  expect(line).toMatch(/^[ -~]+$/);
  expect(JSON.parse(line)).toMatchObject({ type: hostile, data: { [hostile]: hostile } });
  const none = await run('dump', directory, '--stream', `no${hostile}`);
  expect(none.err.join()).toMatch(/^[ -~]+$/);
});

test('powercut-store: no line of output is a command to a CI server', async () => {
  const said: string[] = [];
  for (const command of ['verify', 'dump', 'repair']) {
    const { err } = await run(command, 'nowhere\n::error::one\n\t::set-output name=a::two ##[warning]three');
    said.push(...err);
  }
  expect(said).toHaveLength(3);
  for (const text of said) expect(text).not.toMatch(/^\s*::|##\[/m);
});

test('powercut-store dump: prints no more than a segment ahead of its reader', async () => {
  const directory = await makeStore();
  const out: string[] = [];
  let waits = 0;
  let most = 0;
  let caughtUp = 0;
  const exitCode = await runStoreCli(['dump', directory], {
    environment: realEnvironment(),
    print: (line) => out.push(line),
    keptUp: async () => {
      waits += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      most = Math.max(most, out.length - caughtUp);
      caughtUp = out.length;
    },
    complain: () => {},
  });
  expect(exitCode).toBe(0);
  expect(caughtUp).toBe(40);
  expect(waits).toBe(readdirSync(directory).filter((name) => name.endsWith('.log')).length);
  expect(most).toBeLessThan(40);
});

test('powercut-store dump: continues after damage, and reports its offset', async () => {
  const directory = await makeStore();
  damage(directory, 'm5');
  const { exitCode, out, err } = await run('dump', directory);
  expect(exitCode).toBe(1);
  expect(out.slice(0, 4).map((line) => (JSON.parse(line) as { data: unknown }).data)).toEqual(
    [1, 2, 3, 4].map((i) => ({ i })),
  );
  expect(JSON.parse(out.at(-1) ?? '')).toMatchObject({ data: { i: 40 } });
  expect(err).toHaveLength(1);
});

test('powercut-store repair: without --give-up it only lists the losses', async () => {
  const directory = await makeStore();
  damage(directory, 'm5');
  const contents = (): string[] =>
    readdirSync(directory).map((name) => `${name} ${readFileSync(join(directory, name), 'base64')}`);
  const before = contents();
  const { exitCode, out } = await run('repair', directory);
  expect(exitCode).toBe(1);
  expect(out.join('\n')).toContain('--give-up');
  expect(contents()).toEqual(before);
});

test.each(['m1', 'm5', 'm25', 'm39'])(
  'powercut-store repair --give-up: after damage in %s the store opens with all before it, and the rest is kept aside',
  async (messageId) => {
    const directory = await makeStore();
    const name = damage(directory, messageId);
    const copy = `${directory}-before`;
    cpSync(directory, copy, { recursive: true });
    onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
    expect((await run('repair', directory, '--give-up')).exitCode).toBe(1);
    expect((await run('verify', directory)).exitCode).toBe(0);
    const left = Number(messageId.slice(1)) - 1;
    const store = await openEventStore(realEnvironment(), directory);
    expect((await store.readAll()).map(({ data }) => data)).toEqual(
      Array.from({ length: left }, (_, i) => ({ i: i + 1 })),
    );
    await store.appendToStream('s0', [{ type: 'counted', data: 'on' }]);
    await store.close();
    for (const given of readdirSync(join(directory, 'given-up'))) {
      expect(readFileSync(join(directory, 'given-up', given)).equals(readFileSync(join(copy, given)))).toBe(
        true,
      );
    }
    expect(existsSync(join(directory, 'given-up', name))).toBe(true);
    const again = await run('repair', directory, '--give-up');
    expect(again).toMatchObject({ exitCode: 0, out: ['Sound: there is nothing to repair.'] });
  },
);

test('powercut-store repair: a store that is open is refused', async () => {
  const directory = await makeStore();
  const store = await openEventStore(realEnvironment(), directory);
  const { exitCode, err } = await run('repair', directory, '--give-up');
  expect(exitCode).toBe(2);
  expect(err.join('\n')).toContain('open');
  await store.close();
});

test.each([
  [['verify', '/no/such/directory'], 'ENOENT'],
  [['repair', '/no/such/directory'], 'ENOENT'],
  [['verify'], "missing required argument 'directory'"],
  [['nonsense'], "unknown command 'nonsense'"],
])('powercut-store: %j is wrong usage: exit code 2 and one line', async (args, message) => {
  const { exitCode, err } = await run(...args);
  expect(exitCode).toBe(2);
  expect(err).toHaveLength(1);
  expect(err[0]).toContain(message);
});
