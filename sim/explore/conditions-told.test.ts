import { expect, it } from 'vitest';
import { conditionsTold } from './conditions-told.js';
import type { Tape } from './tape.js';

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
    disturbances: [
      { life: 0, at: 4, kind: 'stall', ms: 10 },
      { life: 0, at: 5, kind: 'pause', ms: 30_000 },
      { life: 1, at: 0, kind: 'jump', ms: -1000 },
    ],
  },
};

it('tells of each life what was out of the ordinary in it', () => {
  expect(conditionsTold(TAPE, 0)).toEqual([
    'Its time of day is 3600 s behind.',
    'The client does not wait until the program has come to rest.',
    'Timers of up to 500 ms may fire ahead of a call.',
    'Of calls that wait at the same time, 2 times one that came later goes first.',
    'At move 5 of this life the call that has waited longest stalls for 10 ms.',
    'At move 6 of this life the whole program stands still for 30 s.',
  ]);
  expect(conditionsTold(TAPE, 1).slice(2)).toEqual([
    'Calls that wait at the same time go in a drawn order.',
    'At move 1 of this life the time of day is set 1 s back.',
    'Its work done, it is shut down in good order.',
  ]);
});

it('says nothing where nothing was', () => {
  expect(conditionsTold({ workload: [], crashes: [], commandsAfterCrash: 1 }, 0)).toEqual([]);
});
