import { expect, it } from 'vitest';
import { diskModel } from '../disk/crash-model/disk-models.js';
import { drive } from '../life/drive.js';
import { playTape, type Tape } from '../run/tape.js';
import type { Suite } from '../suite/suite.js';
import { counterSuite } from '../testing/counter.js';
import { describeConditions } from './describe-conditions.js';
import { renderStory } from './story.js';

const TAPE: Tape = {
  workload: [],
  crashes: [],
  commandsAfterCrash: 1,
  schedules: [
    { kind: 'picks', picks: [0, 1, 0, 2] },
    { kind: 'pct', priorities: [3, 1], changes: [4] },
  ],
  conditions: {
    isHasty: true,
    slowestCallMs: 500,
    skewsMs: [-3_600_000],
    shutdowns: [1],
  },
};

it('describeConditions names the unusual conditions of each life', () => {
  expect(describeConditions(TAPE, 0)).toEqual([
    'Its time of day is 1 h behind.',
    'The client does not wait until the program is idle.',
    'Timers of up to 500 ms may fire ahead of a call.',
    '2 times, a later call overtakes a concurrent one.',
  ]);
  expect(describeConditions(TAPE, 1).slice(2)).toEqual([
    'Concurrent calls run in a random order.',
    'When idle, the program is shut down cleanly.',
  ]);
});

it('describeConditions says nothing of a life without unusual conditions', () => {
  expect(describeConditions({ workload: [], crashes: [], commandsAfterCrash: 1 }, 0)).toEqual([]);
});

it('renderStory shows pauses, stalls and clock jumps where they happen', async () => {
  const suite = counterSuite('careful') as unknown as Suite; // a suite of any system
  const tape: Tape = {
    workload: [{ type: 'increment' }],
    crashes: [],
    commandsAfterCrash: 1,
    conditions: {
      disturbances: [
        { life: 0, at: 2, kind: 'pause', ms: 30_000 },
        { life: 0, at: 6, kind: 'jump', ms: -7_200_000 },
        { life: 0, at: 8, kind: 'stall', ms: 10 },
      ],
    },
  };
  const { lives } = await drive(playTape(suite, diskModel('posix'), tape));
  expect(renderStory(suite, diskModel('posix'), tape, lives)).toMatchInlineSnapshot(`
    "The program starts on an empty disk.
        mkdir /data
    The whole program pauses for 30 s.
        fsync the directory /
    The client sends: {"type":"increment"}.
    The time of day is set 2 h back.
        create /data/counter.new
        write 1 B to /data/counter.new at 0
    The call that has waited longest stalls for 10 ms.
        fsync /data/counter.new
        rename /data/counter.new -> /data/counter
        fsync the directory /data
    The answer: done, 1.
    The power stays on."
  `);
});
