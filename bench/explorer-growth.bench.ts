/**
 * How the cost of an exploration grows with the workload, and what memory the longest takes. An image more should cost
 * what differs, so four times the commands should take little more than four times as long.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { tuneGarbageCollector } from '../cli/worker/garbage-collector.js';
import { exploreOnce, inTurns, processorSeconds } from './explorer/exploring.js';
import type { Comparison } from './measuring/paired.js';

const growth = async (): Promise<Comparison> => {
  // As a worker does, which is where explorations are made.
  tuneGarbageCollector();
  // Warm before anything is measured: a first round of the longest would cost as much as all the rest.
  for (let turn = 0; turn < 3; turn++) await exploreOnce(50, 1);
  const costing = (commands: number) => async () =>
    1 / (await processorSeconds(() => exploreOnce(commands, 1)));
  return inTurns('Whole explorations to depth 1, by processor time', { rounds: 2, warm: true }, [
    { name: '100 commands', rate: costing(100) },
    { name: '400 commands (bar: 6 times the cost, aim 4.5)', bar: 1 / 6, rate: costing(400) },
  ]);
};

const LONG = 1000;
const MEMORY_BAR_MB = 300;
const MEMORY = 'memory';

/** In a process of its own, which is set up as a worker is, or the memory of what was measured before would be counted. */
const tellMemory = async (): Promise<void> => {
  const child = fork(fileURLToPath(import.meta.url), [MEMORY]);
  const [peakMb] = (await once(child, 'message')) as [number]; // what the child sends
  const verdict = peakMb <= MEMORY_BAR_MB ? 'met' : 'MISSED';
  console.log(
    `Memory of ${LONG} commands to depth 1: ${peakMb} MB at most, bar ${MEMORY_BAR_MB} MB: ${verdict}.\n`,
  );
};

if (process.argv[2] === MEMORY && process.send !== undefined) {
  tuneGarbageCollector();
  await exploreOnce(LONG, 1);
  process.send(Math.round(process.resourceUsage().maxRSS / 1000), () => process.disconnect());
}

export const comparisons = async (): Promise<readonly Comparison[]> => {
  const measured = [await growth()];
  await tellMemory();
  return measured;
};
