import { describe, expect, it } from 'vitest';
import type { TraceEntry } from '../sim/result/result.js';
import { hostileReplay, twoLives } from './fixtures/results.js';
import { renderTraceEvents } from './formats/trace-event.js';
import { renderTimeline } from './html/timeline/timeline.js';
import { renderReplay } from './terminal/replay.js';
import { distinctLanes, lanesOf } from './timeline-lanes.js';

const call = (path: string, folder: string, ...through: readonly string[]): TraceEntry => ({
  life: 1,
  step: 1,
  timeMs: 0,
  actor: 'program',
  operation: 'open',
  label: '',
  result: 0,
  path,
  site: { file: `/app/src/${folder}/file.ts`, line: 1, operation: 'open' },
  ...(through.length === 0 ? {} : { through: through.map(sourceOf) }),
});

const sourceOf = (folder: string): string => (folder === 'client' ? folder : `/app/src/${folder}/file.ts`);

const lanes = (trace: readonly TraceEntry[]): readonly string[] => lanesOf(trace).map(({ lane }) => lane);

const ways = (trace: readonly TraceEntry[]): readonly string[] =>
  lanesOf(trace).map(({ lane, by }) => [...by, lane].join(' → '));

describe('lanesOf', () => {
  it('are the folders that acted, or what their files are named, the client first', () => {
    expect(distinctLanes(lanesOf(twoLives().trace))).toEqual(['client', 'event-store', 'models']);
  });

  it('are those of whom a file belongs to, whoever syncs it', () => {
    const trace = [
      call('/data/log/00000001.log', 'event-store'),
      call('/data/balances.0', 'read-models'),
      call('/data/letters.0', 'read-models'),
      call('/data/balances.1', 'read-models'),
      call('/data/letters.0', 'event-store'),
      call('/data', 'read-models'),
    ];
    expect(lanes(trace)).toEqual([
      'event-store',
      'balances',
      'letters',
      'balances',
      'letters',
      'read-models',
    ]);
    expect(lanes(trace.filter(({ path }) => path?.includes('letters') === false)).at(-1)).toBe('balances');
  });

  it('keep apart what has the same name, and together what has too many', () => {
    const others = Array.from({ length: 7 }, (_, index) => call(`/data/note-${index}`, 'notes'));
    const swapped = [call('/data/notes', 'bag'), call('/data/bag.json', 'notes')];
    expect(lanes(swapped)).toEqual(['bag: notes', 'notes: bag']);
    expect(new Set(lanes(others.concat(call('/x', 'bag'))))).toEqual(new Set(['notes', 'x']));
  });

  it('are the files of a program that is in one folder, and packages', () => {
    const [one, other] = ['/app/store.ts', '/app/feeder.ts'].map((file) => ({
      ...call('/data/log/1', 'x', 'client'),
      site: { file, line: 1, operation: 'open' },
    }));
    const file = '/app/node_modules/@some/store/lib/deep/log.js';
    const third = { ...call('/data/log/1', 'x'), site: { file, line: 1, operation: 'open' } };
    if (one === undefined || other === undefined) throw new Error('two');
    expect(lanes([one, { ...other, path: '/data/positions/1' }])).toEqual(['store', 'feeder']);
    expect(lanes([third, call('/data/note', 'notes')])).toEqual(['@some/store', 'note']);
  });

  it('of powercut/store are its parts, as if the program had them in folders of its own', () => {
    const own = (part: string): string => `/app/node_modules/powercut/src/${part}/deep/file.ts`;
    const stored = {
      ...call('/data/log/1', 'x'),
      site: { file: own('event-store'), line: 1, operation: 'open' },
      through: [own('event-store'), '/app/main.ts', 'client'],
    };
    const modelled = {
      ...call('/data/2', 'x'),
      site: { file: own('read-models'), line: 1, operation: 'open' },
      through: [own('read-models'), own('message-bus'), '/app/main.ts', 'client'],
    };
    expect(ways([stored, modelled])).toEqual(['client → event-store', 'client → message-bus → read-models']);
  });

  it('say by way of whom a call came, without what every call came by', () => {
    const trace = [
      call('/data/log/1', 'store', 'store', 'main'),
      call('/data/log/1', 'store', 'store', 'main', 'client'),
      call('/data/log/1', 'store', 'store', 'feeder', 'main'),
      call('/data/balances', 'models', 'models', 'bus', 'feeder', 'main'),
    ];
    expect(ways(trace)).toEqual(['store', 'client → store', 'feeder → store', 'feeder → bus → balances']);
    expect(distinctLanes(lanesOf(trace))).toEqual(['client', 'store', 'feeder', 'bus', 'balances']);
  });

  it('are not those of a helper that syncs directories for others', () => {
    const trace = [
      { ...call('/data/log', 'store', 'store', 'main'), operation: 'mkdir' },
      call('/data/log/1', 'store', 'store', 'main'),
      call('/data/balances', 'models', 'models', 'main'),
      call('/data', 'files', 'files', 'store', 'main'),
      call('/data', 'files', 'files', 'models', 'main'),
    ];
    expect(lanes(trace)).toEqual(['store', 'store', 'balances', 'store', 'balances']);
  });
});

describe('renderTimeline', () => {
  const dataIn = (page: string): unknown => {
    const [, json = ''] = /<script type="application\/json" id="run-0">([\s\S]*?)<\/script>/.exec(page) ?? [];
    return JSON.parse(json);
  };

  it('carries every step once, texts by reference', () => {
    expect(dataIn(renderTimeline(twoLives()))).toMatchObject({
      lanes: ['client', 'event-store', 'models'],
      ways: [[], [0]],
      lives: [0, 2],
      clocks: [Date.UTC(2030, 0, 1), Date.UTC(2030, 0, 1, 1)],
      // The file of an i-node, by its name, its first sector, and its size.
      cells: [
        [9, 0, 0, 4],
        [9, 3, 0, 4],
        [9, 1, 0, 4],
      ],
      frames: [
        [0, 80, 0],
        [4, 80, 1, 5, 12, 0],
        [11, 12, 0],
      ],
      rows: [
        [0, 0, 1, 2, 3, 0, 0, -1],
        // Its name is durable, its bytes are text 10 and volatile, as is its size.
        [0, 1, 6, 7, 8, 1, 1, -1, 0, 0, -1, 1, 1, 10, 2, 1, 24],
        [0, 2, 12, 13, 14, 0, 2, -1],
        expect.anything(),
      ],
      story: expect.arrayContaining([[expect.any(Number), 2]]),
    });
  });

  it('lets nothing in a trace become markup', () => {
    const page = renderTimeline(hostileReplay());
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page).not.toContain('alert(1)</script>');
    expect(page).not.toContain('\u0000');
    expect(JSON.stringify(dataIn(page))).toContain('alert(1)');
  });

  it('stays under 5 MB with 50,000 steps', () => {
    const [entry] = twoLives().trace.slice(1);
    if (entry === undefined) throw new Error('a step');
    const trace = Array.from({ length: 50_000 }, (_, index) => ({
      ...entry,
      step: index,
      cells: [
        {
          ...entry.cells?.[0],
          path: `/data/log/0000000${index % 9}.log`,
          part: 'data',
          state: 'volatile',
          sector: index % 400,
        },
      ] as const,
      label: `write ${index % 400} B to /data/log/0000000${index % 9}.log at ${index * 7}`,
      result: index,
    }));
    expect(Buffer.byteLength(renderTimeline({ ...twoLives(), trace }))).toBeLessThan(5_000_000);
  });
});

describe('renderTraceEvents', () => {
  it('name the lanes, keep the order, and mark each power cut', () => {
    const { traceEvents } = JSON.parse(renderTraceEvents(twoLives()));
    const names = traceEvents.filter(({ name }: { name: string }) => name === 'thread_name');
    expect(names.map(({ args }: { args: { name: string } }) => args.name)).toEqual([
      'client',
      'event-store',
      'models',
      'disk',
    ]);
    const run = traceEvents.filter(({ ph }: { ph: string }) => ph !== 'M');
    expect(run.map(({ ph, name, ts, tid }: Record<string, unknown>) => [ph, name, ts, tid])).toEqual([
      ['X', 'the client sends: open a', 0, 0],
      ['X', 'write 182 B to /data/00000001.log at 16', 1000, 1],
      ['X', 'to event-store', 1000, 0],
      ['s', 'through', 1000, 0],
      ['f', 'through', 1000, 1],
      ['X', 'durable, volatile', 1000, 3],
      ['i', 'power cut', 2000, 0],
      ['X', 'open /data/models (failed: ENOENT)', 2000, 2],
      ['X', 'the outside world looks at the system', 3000, 0],
    ]);
  });
});

describe('renderReplay', () => {
  it('tells every step in its life, the story, and what it breaks', () => {
    expect(renderReplay(twoLives(), { columns: 100, color: false })).toMatchSnapshot();
  });

  it('says when it is not the run that it was', () => {
    const text = renderReplay({ ...twoLives(), same: false }, { columns: 100, color: false });
    expect(text).toContain('Not the run');
    const whole = text.replace(/\s+/g, ' ');
    expect(whole).toContain('Every step is the same as far as the token records it.');
    const named = renderReplay({ ...twoLives(), same: false, differsAt: 2 }, { columns: 100, color: false });
    expect(named.replace(/\s+/g, ' ')).toContain(
      'First divergence at step 2, which is now: write 182 B to /data/00000001.log at 16 (',
    );
  });

  it('is never wider than the terminal, and obeys no escape sequence in a trace', () => {
    const steps = renderReplay(hostileReplay(), { columns: 80, color: false });
    expect(steps).not.toContain('\u001b');
    const plain = renderReplay(twoLives(), { columns: 60, color: false });
    expect(plain.split('\n').filter((line) => line.length > 60)).toEqual([]);
    expect(plain).toContain('…');
    const piped = renderReplay(twoLives(), { columns: Number.POSITIVE_INFINITY, color: false });
    expect(piped).not.toContain('…');
  });
});
