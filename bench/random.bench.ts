/**
 * Random runs a second on one core: twenty commands of the checkpointed feeder under `posix`, one power cut or more, with
 * everything that a campaign draws; and the same with the plainest plan there is, to see what interleaving costs. The
 * baseline is the program itself, without a simulator: it lives those twenty commands on a plain memfs volume, is started
 * again on what is there, and all is checked.
 */
import { Volume } from 'memfs';
import { tuneGarbageCollector } from '../cli/worker/garbage-collector.js';
import suite from '../properties/suites/checkpointed-feeder.js';
import { diskModel } from '../sim/disk/crash-model/disk-models.js';
import { drawPlan, type RandomPlan, runsPerHistory } from '../sim/explore/random/draw-plan.js';
import { runRandom } from '../sim/explore/random/run-random.js';
import { installGuard } from '../sim/guard/guard.js';
import { drive } from '../sim/life/drive.js';
import { firstLife, Notes, recover } from './explorer/life.js';
import { plainFileSystem } from './explorer/plain-disk.js';
import { bankWorkload } from './explorer/workload.js';
import { type Comparison, type Contender, compare } from './measuring/paired.js';

const COMMANDS = 20;
const HISTORIES = 3;

const model = diskModel('posix');
const workload = bankWorkload(COMMANDS);
let seed = 0;

/** Of this process alone, so that the load of other processes does not count. */
const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const runs = (name: string, plan: (seed: number) => RandomPlan): Contender => ({
  name,
  operations: HISTORIES * runsPerHistory(suite),
  run: async () => {
    for (let history = 0; history < HISTORIES; history++) {
      const { runs } = await drive(runRandom(suite, model, { workload, plan: plan(seed++) }), installGuard());
      for (const { findings } of runs)
        for (const { broken } of findings)
          throw new Error(`The suite holds, but a run broke ${broken.invariant}.`);
    }
  },
});

const bare: Contender = {
  name: 'no simulator: two lives, checked',
  operations: 1,
  run: async () => {
    const fs = plainFileSystem(new Volume());
    const notes = new Notes();
    await firstLife(suite, fs, workload, notes);
    notes.crashes += 1;
    await recover(suite, fs, notes, { workload, commandsAfterCrash: 1 });
  },
};

const drawn = (number: number): RandomPlan => drawPlan(number, suite, { kind: 'mixed' });

/** One cut in each run where the seed says, calls in their own order, nothing else. */
const plainest = (number: number): RandomPlan => ({
  branches: drawn(number).branches.map((cuts) => cuts.slice(0, 1)),
  commandsAfterCrash: 1,
});

export const comparisons = async (): Promise<readonly Comparison[]> => {
  // As a worker does, which is where random runs are made.
  tuneGarbageCollector();
  return [
    await compare(
      `random runs of ${COMMANDS} commands a second of processor time`,
      bare,
      [runs('one cut, eager', plainest), runs('as a campaign draws them', drawn)],
      // Long turns: a campaign goes on for minutes, and what is being compiled at its beginning is none of its rate.
      { clock: processorMs, turnMs: 2000, rounds: 7 },
    ),
  ];
};
