import { describe, expect, it } from 'vitest';
import { hostileReplay, twoLives } from './fixtures/results.js';
import { renderTimeline } from './html/timeline.js';
import { distinctLanes, lanesOf } from './lanes.js';
import { renderReplay } from './terminal/replay.js';
import { renderTraceEvents } from './trace-event.js';

describe('lanes', () => {
  it('are the folders that acted, the client first', () => {
    expect(distinctLanes(lanesOf(twoLives().trace))).toEqual(['client', 'event-store', 'read-models']);
  });

  it('are those of whom a file belongs to, whoever syncs it, and of each file where a folder has several', () => {
    const { trace } = twoLives();
    const call = (path: string, folder: string) => ({
      ...trace[2],
      ...{ life: 1, step: 1, timeMs: 0, actor: 'program', operation: 'open', label: '', result: 0, path },
      site: { file: `/app/src/${folder}/file.ts`, line: 1, operation: 'open' },
    });
    const paths = ['/data/log/00000001.log', '/data/balances.0', '/data/letters.0', '/data/balances.1'];
    const first = paths.map((path, index) => call(path, index === 0 ? 'event-store' : 'read-models'));
    expect(lanesOf([...first, call('/data/letters.0', 'event-store')])).toEqual([
      'event-store',
      'read-models: balances',
      'read-models: letters',
      'read-models: balances',
      'read-models: letters',
    ]);
  });
});

describe('the timeline page', () => {
  const dataIn = (page: string): unknown => {
    const [, json = ''] = /<script type="application\/json" id="trace">([\s\S]*?)<\/script>/.exec(page) ?? [];
    return JSON.parse(json);
  };

  it('carries every step once, texts by reference', () => {
    expect(dataIn(renderTimeline(twoLives()))).toMatchObject({
      lanes: ['client', 'event-store', 'read-models'],
      rows: [
        [1, 1, 0, 0, 0, 1, 2, 3, 80],
        // The last four: the sector and the size, both volatile.
        [1, 2, 0, 1, 4, 5, 6, 3, 80, 0, 1, 1, 1],
        [2, 1, 0, 2, 8, 9, 10, 11, 12],
      ],
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

describe('Chrome trace events', () => {
  it('name the lanes, keep the order, and mark each power cut', () => {
    const { traceEvents } = JSON.parse(renderTraceEvents(twoLives()));
    expect(traceEvents.filter(({ ph }: { ph: string }) => ph === 'M')).toHaveLength(4);
    const run = traceEvents.filter(({ ph }: { ph: string }) => ph !== 'M');
    expect(run.map(({ name }: { name: string }) => name)).toEqual([
      'the client asks: open a',
      'write 182 B to /data/00000001.log at 16',
      'power cut',
      'open /data/models (failed: ENOENT)',
    ]);
    expect(run.map(({ ts }: { ts: number }) => ts)).toEqual([0, 1000, 2000, 2000]);
  });
});

describe('the replay in the terminal', () => {
  it('tells every step in its life, the story, and what it breaks', () => {
    expect(renderReplay(twoLives(), { columns: 100, color: false })).toMatchSnapshot();
  });

  it('says when it is not the run that it was', () => {
    const text = renderReplay({ ...twoLives(), same: false }, { columns: 100, color: false });
    expect(text).toContain('Not the same run');
    const whole = text.replace(/\s+/g, ' ');
    expect(whole).toContain('No step is known to differ.');
    const named = renderReplay({ ...twoLives(), same: false, differsAt: 2 }, { columns: 100, color: false });
    expect(named.replace(/\s+/g, ' ')).toContain(
      'Step 2 is the first that is not as it was; now it is: write 182 B to /data/00000001.log at 16 (',
    );
  });

  it('is never wider than the terminal, and obeys no escape sequence in a trace', () => {
    const steps = renderReplay(hostileReplay(), { columns: 80, color: false });
    expect(steps).not.toContain('\u001b');
    const plain = renderReplay(twoLives(), { columns: 60, color: false });
    expect(plain.split('\n').filter((line) => line.length > 60)).toEqual([]);
  });
});
