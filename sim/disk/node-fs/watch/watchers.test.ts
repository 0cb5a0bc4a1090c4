/** Watching a disk that only the program changes: the events are those of Linux and Node on a real disk. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { installGuard } from '../../../guard/guard.js';
import { onSimulatedDisk } from '../../../guard/on-simulated-disk.js';
import { drive, until } from '../../../life/drive.js';
import { World } from '../../../life/world.js';
import { FIRST_LIFE } from '../../../run/tape.js';
import { eager } from '../../../scheduler/scheduler.js';
import { live } from '../../../testing/live.js';

/** What changes in a directory `d` that holds a file `f` and a directory `e` with a file `g`. */
const CHANGES: Readonly<Record<string, (at: (path: string) => string) => void>> = {
  'write a new file': (at) => fs.writeFileSync(at('d/new'), 'text'),
  'overwrite a file': (at) => fs.writeFileSync(at('d/f'), 'text'),
  'append twice': (at) => {
    fs.appendFileSync(at('d/f'), 'one');
    fs.appendFileSync(at('d/f'), 'two');
  },
  'append nothing': (at) => fs.appendFileSync(at('d/f'), ''),
  truncate: (at) => fs.truncateSync(at('d/f'), 1),
  'read only': (at) => void fs.readFileSync(at('d/f')),
  chmod: (at) => fs.chmodSync(at('d/f'), 0o600),
  utimes: (at) => fs.utimesSync(at('d/f'), 1, 2),
  mkdir: (at) => fs.mkdirSync(at('d/made')),
  'mkdir below': (at) => fs.mkdirSync(at('d/e/made')),
  symlink: (at) => fs.symlinkSync('f', at('d/s')),
  link: (at) => fs.linkSync(at('d/f'), at('d/l')),
  unlink: (at) => fs.unlinkSync(at('d/f')),
  'unlink one of two names': (at) => {
    fs.linkSync(at('d/f'), at('l'));
    fs.unlinkSync(at('d/f'));
  },
  'unlink while it is open': (at) => {
    const fd = fs.openSync(at('d/f'), 'r+');
    fs.unlinkSync(at('d/f'));
    fs.closeSync(fd);
  },
  'rename within': (at) => fs.renameSync(at('d/f'), at('d/h')),
  'rename out': (at) => fs.renameSync(at('d/f'), at('f')),
  'rename onto': (at) => {
    fs.writeFileSync(at('new'), 'text');
    fs.renameSync(at('new'), at('d/f'));
  },
  'remove the directory': (at) => {
    fs.unlinkSync(at('d/f'));
    fs.unlinkSync(at('d/e/g'));
    fs.rmdirSync(at('d/e'));
    fs.rmdirSync(at('d'));
  },
  'change what is below': (at) => fs.writeFileSync(at('d/e/g'), 'text'),
};

/** All events of a watcher of the directory and of one of the file. */
const events = async (
  root: string,
  change: (at: (path: string) => string) => void,
): Promise<readonly string[]> => {
  const at = (path: string): string => `${root}/${path}`;
  fs.mkdirSync(at('d/e'), { recursive: true });
  fs.mkdirSync(at('last'));
  fs.writeFileSync(at('d/f'), 'what is in it');
  fs.writeFileSync(at('d/e/g'), 'what is in it');
  const told: string[] = [];
  const watchers = ['d', 'd/f'].map((path) =>
    fs.watch(at(path), (type, name) => told.push(`${path}: ${type} ${name}`)),
  );
  const last = new Promise((resolve) => watchers.push(fs.watch(at('last'), resolve)));
  change(at);
  fs.writeFileSync(at('last/of-all'), '');
  await last;
  await wait(1);
  for (const watcher of watchers) watcher.close();
  return told;
};

describe('fs.watch', () => {
  it.each(Object.entries(CHANGES))('tells of a change what Linux tells: %s', async (_name, change) => {
    const real = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'powercut-watched-'));
    const expected = await events(real, change);
    fs.rmSync(real, { recursive: true });
    let found: unknown;
    const lived = await live(async () => {
      found = await events('/watched', change);
    });
    expect(lived).toEqual({ error: undefined, failures: [] });
    expect(found).toEqual(expected);
  });

  it('tells of what is below with a path, in the encoding that was asked for', async () => {
    const told: unknown[] = [];
    const lived = await live(async () => {
      fs.mkdirSync('/d/e', { recursive: true });
      fs.watch('/d', { recursive: true, encoding: 'hex' }, (type, name) => told.push([type, name]));
      fs.watch('/d', { encoding: 'buffer' }, (type, name) => told.push([type, name]));
      fs.writeFileSync('/d/e/f', '');
      fs.writeFileSync('/d/g', '');
      await wait(1);
    });
    expect(lived).toEqual({ error: undefined, failures: [] });
    expect(told).toEqual([
      ['rename', Buffer.from('e/f').toString('hex')],
      ['rename', Buffer.from('g').toString('hex')],
      ['rename', Buffer.from('g')],
    ]);
  });

  it('tells nothing once it is closed, by hand or by a signal', async () => {
    const told: unknown[] = [];
    const lived = await live(async () => {
      fs.mkdirSync('/d');
      const off = new AbortController();
      for (const options of [{}, off]) {
        const watcher = fs.watch('/d', options, (type) => told.push(type));
        watcher.on('close', () => told.push('close'));
        if (options === off) off.abort();
        else watcher.close();
      }
      fs.writeFileSync('/d/f', '');
      await wait(1);
    });
    expect(lived).toEqual({ error: undefined, failures: [] });
    expect(told).toEqual(['close', 'close']);
  });

  it('refuses what leads nowhere, as Node does', async () => {
    const refusal = (root: string): unknown => {
      try {
        return fs.watch(`${root}/nowhere`);
      } catch (error) {
        const { code, syscall, filename } = Object(error);
        return [code, syscall, String(filename).slice(root.length)];
      }
    };
    let found: unknown;
    await live(() => {
      found = refusal('');
    });
    expect(found).toEqual(refusal(tmpdir()));
  });

  it('keeps no life from coming to an end: it waits for nothing but changes', async () => {
    const world = new World({ ...FIRST_LIFE, scheduling: eager() });
    const boot = async (): Promise<void> => {
      fs.writeFileSync('/f', '');
      fs.watch('/f', () => {});
      fs.watchFile('/f', () => {});
      await wait(60_000);
    };
    const settled = await drive(
      until(world, () => onSimulatedDisk(boot)(world.environment)),
      installGuard(),
    );
    expect(settled.status).toBe('fulfilled');
    expect(world.scheduler.runNext(Number.POSITIVE_INFINITY)).toBe(false);
  });
});

describe('fs.watch: fs.promises.watch', () => {
  it('gives one change after the other, until it is called off', async () => {
    const told: unknown[] = [];
    const lived = await live(async () => {
      fs.mkdirSync('/d');
      const off = new AbortController();
      const watching = (async () => {
        try {
          for await (const change of fs.promises.watch('/d', { signal: off.signal }))
            told.push({ ...change });
        } catch (error) {
          told.push(Reflect.get(Object(error), 'code'));
        }
      })();
      await wait(1);
      await fs.promises.writeFile('/d/a', 'text');
      await fs.promises.unlink('/d/a');
      await wait(1);
      off.abort();
      await watching;
    });
    expect(lived).toEqual({ error: undefined, failures: [] });
    expect(told).toEqual([
      { eventType: 'rename', filename: 'a' },
      { eventType: 'change', filename: 'a' },
      { eventType: 'rename', filename: 'a' },
      'ABORT_ERR',
    ]);
  });
});

describe('fs.watchFile', () => {
  it('looks when it is time to, and tells what was before', async () => {
    const told: unknown[] = [];
    const lived = await live(async () => {
      fs.writeFileSync('/f', 'one');
      const listener = (now: fs.Stats, before: fs.Stats): void => {
        told.push([Date.now() - began, now.size, before.size, now instanceof fs.Stats]);
      };
      const began = Date.now();
      fs.watchFile('/f', { interval: 100 }, listener);
      await wait(30);
      fs.writeFileSync('/f', 'longer');
      fs.writeFileSync('/elsewhere', 'nothing to do with it');
      await wait(200);
      fs.unlinkSync('/f');
      await wait(200);
      fs.unwatchFile('/f', listener);
      fs.writeFileSync('/f', 'nobody looks');
      await wait(200);
    });
    expect(lived).toEqual({ error: undefined, failures: [] });
    expect(told).toEqual([
      [100, 6, 3, true],
      [300, 0, 6, true],
    ]);
  });

  it('tells at once of what is not there, and then of what comes', async () => {
    const told: unknown[] = [];
    const lived = await live(async () => {
      fs.watchFile('/f', { interval: 100, bigint: true }, (now, before) =>
        told.push([now.size, before.size]),
      );
      await wait(150);
      fs.writeFileSync('/f', 'text');
      await wait(100);
    });
    expect(lived).toEqual({ error: undefined, failures: [] });
    expect(told).toEqual([
      [0n, 0n],
      [4n, 0n],
    ]);
  });
});
