/**
 * What is said while the work goes on, on stderr: a bar on a terminal, a line for each suite elsewhere.
 */
import { Presets, SingleBar } from 'cli-progress';
import { formatNumber, formatSeconds, harmlessLine } from '../../reports/format.js';
import type { ExploreProgress } from '../../sim/explore/options.js';
import type { SuiteResult } from '../../sim/result/result.js';

export interface ProgressSink {
  readonly update: (progress: ExploreProgress) => void;
  readonly finished: (result: SuiteResult) => void;
  /** Leaves the terminal as it was. Called once, whatever happened. */
  readonly end: () => void;
  /** A line that must not be overwritten: the bar ends with it. */
  readonly say: (line: string) => void;
}

export interface Planned {
  readonly suites: number;
  readonly workloads: number;
  readonly runs: number;
}

/** Lines only: for files, pipes and CI. */
export const lineProgress = (stream: NodeJS.WritableStream): ProgressSink => ({
  update: () => undefined,
  finished: (result) => {
    const { images, seconds } = result.exploration;
    stream.write(
      `${harmlessLine(result.name)}: ${result.verdict}, ${formatNumber(images.checked)} images, ${formatSeconds(seconds)}\n`,
    );
  },
  end: () => undefined,
  say: (line) => void stream.write(`${line}\n`),
});

/** To cut the power everywhere in a workload takes about as long as this many random runs. */
const RUNS_PER_WORKLOAD = 50;

/** How far one suite is, from 0 to 1: workloads first, then random runs, weighed as they are planned. */
const fractionDone = (progress: ExploreProgress, planned: Planned): number => {
  const exhaustive = planned.workloads * RUNS_PER_WORKLOAD;
  const all = exhaustive + planned.runs;
  if (all === 0) return 1;
  // The duration of shrinking is unknown: the bar stays where it is.
  if (progress.phase === 'shrinking') return -1;
  const done = progress.phase === 'random' ? exhaustive + progress.done : progress.done * RUNS_PER_WORKLOAD;
  return Math.min(1, done / all);
};

const PARTS = 1000;

/** The bar: share done, images and their rate, violations, time left. Redrawn at most ten times a second. */
export const barProgress = (stream: NodeJS.WritableStream, planned: Planned): ProgressSink => {
  const bar = new SingleBar(
    {
      format: '{bar} {percentage}% │ {images} images, {rate}/s │ {left} │ {suite}',
      stream,
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
      etaBuffer: 50,
      barsize: 24,
    },
    Presets.shades_classic,
  );
  const started = performance.now();
  const done = new Map<string, number>();
  const images = new Map<string, number>();
  const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
  let stopped = false;
  const draw = (suite: string): void => {
    if (stopped) return;
    const seconds = Math.max(0.001, (performance.now() - started) / 1000);
    const share = sum(done.values()) / planned.suites;
    const checked = sum(images.values());
    const left = share > 0.01 ? `${formatSeconds((seconds / share) * (1 - share))} left` : 'estimating';
    bar.update(Math.floor(share * PARTS), {
      images: formatNumber(checked),
      rate: formatNumber(Math.round(checked / seconds)),
      left,
      suite: harmlessLine(suite),
    });
  };
  const stop = (): void => {
    stopped = true;
    bar.stop();
  };
  bar.start(PARTS, 0, { images: 0, rate: 0, left: 'estimating', suite: 'loading suites' });
  return {
    update: (progress) => {
      const fraction = fractionDone(progress, planned);
      if (fraction >= 0) done.set(progress.suite, fraction);
      images.set(progress.suite, progress.imagesChecked);
      draw(progress.phase === 'shrinking' ? `${progress.suite}, shrinking` : progress.suite);
    },
    finished: (result) => {
      done.set(result.name, 1);
      images.set(result.name, result.exploration.images.checked);
      draw(result.name);
    },
    end: stop,
    say: (line) => {
      stop();
      stream.write(`${line}\n`);
    },
  };
};
