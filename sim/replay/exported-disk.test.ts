import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { EMPTY_FILE, EMPTY_IMAGE } from '../disk/crash-model/disk-image.js';
import { exploreSuite } from '../explore/campaign/explore-suite.js';
import { DEFAULT_OPTIONS } from '../explore/options.js';
import { FIRST_LIFE } from '../run/tape.js';
import type { Suite } from '../suite/suite.js';
import { EXPORT_BYTES_MAX, exportedDisk } from './exported-disk.js';
import { play } from './replay.js';

/** Keeps what it was sent, without a sync; `sent` is broken once something acknowledged is gone. */
const suite: Suite = {
  name: 'keeps notes',
  disk: 'process-kill',
  boot: async ({ fs }) => {
    await fs.mkdir('/data', { recursive: true });
    const found = await fs.readFile('/data/note', 'utf8').catch(() => '');
    return { fs, found };
  },
  commands: fc.constant(['hello']),
  perform: async (system, text) => {
    const { fs } = system as { readonly fs: Parameters<Suite['boot']>[0]['fs'] }; // what boot returned
    await fs.writeFile('/data/note', String(text));
    await fs.link('/data/note', '/data/other');
    await fs.symlink('/data/note', '/data/soft');
    const handle = await fs.open('/data/hole', 'w');
    await handle.truncate(100_000);
    await handle.write(new TextEncoder().encode('end'), 0, 3, 90_000);
    await handle.close();
    return null;
  },
  invariants: [
    {
      name: 'stopped',
      statement: 'There is no note after a crash.',
      check: (_history, system, moment) =>
        moment === 'recovered' && (system as { readonly found: string }).found === 'hello' // what boot returned
          ? 'the note is there'
          : undefined,
    },
  ],
};

let token: string;
beforeAll(async () => {
  const { violations } = await exploreSuite(suite, { ...DEFAULT_OPTIONS, workloads: 1, runs: 0 });
  token = violations[0]?.token ?? '';
});

describe('play', () => {
  it('returns the disk that the life after the last crash starts with', async () => {
    const { disk, result } = await play(token, [suite], { disk: 'last' });
    expect(result.same).toBe(true);
    expect(disk?.life).toBe(2);
    const paths = disk?.entries.map(({ kind, path }) => `${kind} ${path}`);
    expect(paths).toContain('directory /data');
    expect(paths).toContain('file /data/note');
    const note = disk?.entries.find(({ path }) => path === '/data/note');
    if (note?.kind !== 'file') throw new Error('The note is a file.');
    expect(Buffer.from(note.runs[0]?.bytes ?? []).toString()).toBe('hello');
    expect(note.size).toBe(5);
  });

  it('returns the disk of another life, and none unless asked', async () => {
    expect((await play(token, [suite], { disk: 1 })).disk).toEqual({ life: 1, entries: [] });
    expect((await play(token, [suite])).disk).toBeUndefined();
  });

  it('refuses a life that the run has not', async () => {
    await expect(play(token, [suite], { disk: 9 })).rejects.toMatchObject({
      code: 'EXPORT_IMPOSSIBLE',
      message: expect.stringContaining('the run has no life 9'),
    });
  });

  it('refuses a disk that is too large', () => {
    const file = { ...EMPTY_FILE, size: EXPORT_BYTES_MAX + 1 };
    const start = { ...FIRST_LIFE, image: { ...EMPTY_IMAGE, inodes: new Map([[2, file]]) } };
    expect(() => exportedDisk([{ start }], 1)).toThrow('are the most');
    expect(exportedDisk([{ start: FIRST_LIFE }], 1).entries).toEqual([]);
  });

  it('refuses the disk after the last crash of a run that has none', () => {
    expect(() => exportedDisk([{ start: FIRST_LIFE }], 'last')).toThrow('Use --export-life 1');
  });
});
