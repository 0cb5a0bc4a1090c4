/**
 * Shrinks a random run: workload, schedule, conditions, power cuts, losses and faults together, by fast-check, to a
 * minimum that breaks the same invariant. A shorter workload moves every crash point of a run. So a candidate that does
 * not fail gets a second chance, with the choices of the last failure. A shorter one gets a third: a search over its
 * schedules, fault seeds and power cuts. The minimum gets a simpler plan, and is finally explored for the simplest cut.
 */
import { unlessAbandoned } from '../../life/abandoned-life.js';
import type { Finding, First } from '../../run/finding.js';
import type { Tape } from '../../run/tape.js';
import { everySchedule } from '../exhaustive/every-schedule.js';
import type { Explorer } from '../explorer.js';
import type { Recipe } from '../random/mutate-input.js';
import type { RandomInput } from '../random/run-random.js';
import { fewerCuts, simplerPlans } from '../random/shrink-plan.js';
import { type ShrinkOptions, shrink, simplest } from './shrink.js';

/** Lives of one third chance, and of all of them together. */
const CHANCE_LIVES = 300;
const CHANCES_LIVES = 4_000;
const CHANCE_PREEMPTIONS = 2;
/** Seeds of faults that a third chance tries: from 0, and as many as it takes to strike each of a life's first calls. */
const FAULT_SEEDS = 16;
const SIMPLIFICATIONS_MAX = 400;
/** Lives of the exploration at the end. */
const LAST_LIVES = 600;

class Shrinking {
  best: Finding;
  private readonly invariant: string;
  private livesLeft = CHANCES_LIVES;

  constructor(
    private readonly explorer: Explorer,
    first: First,
    private readonly options: ShrinkOptions,
  ) {
    this.best = first.finding;
    this.invariant = first.finding.broken.invariant;
  }

  /** What a candidate breaks, given up to three chances. */
  readonly run = async (input: RandomInput): Promise<readonly Finding[]> => {
    const { runs } = await this.explorer.random(input);
    let found = this.wanted(runs.flatMap(({ findings }) => findings));
    // All of them have the same plan; the one with most cuts may be searched the deepest.
    const [longest] = runs.map(({ tape }) => tape).sort((a, b) => b.crashes.length - a.crashes.length);
    if (longest !== undefined) found ??= (await this.again(longest)) ?? (await this.search(longest));
    if (found === undefined) return [];
    this.best = found;
    return [found];
  };

  private wanted(findings: readonly Finding[]): Finding | undefined {
    return simplest(findings, this.invariant);
  }

  /** The candidate, with the choices of the best run so far. */
  private async again(tape: Tape): Promise<Finding | undefined> {
    const { crashes, schedules, faultSeed } = this.best.tape;
    const { schedules: _, ...rest } = tape;
    return this.wanted(
      await this.explorer.play({
        ...rest,
        crashes,
        ...(schedules === undefined ? {} : { schedules }),
        ...(faultSeed === undefined ? {} : { faultSeed }),
      }),
    );
  }

  /** A candidate whose workload is shorter: with all cuts, on schedules and with faults like those of the best run. */
  private async search(tape: Tape): Promise<Finding | undefined> {
    const { tape: best } = this.best;
    if (tape.workload.length >= best.workload.length || this.livesLeft <= 0) return undefined;
    let lives = Math.min(CHANCE_LIVES, this.livesLeft);
    this.livesLeft -= lives;
    const seeds =
      best.faultSeed === undefined ? [undefined] : Array.from({ length: FAULT_SEEDS }, (_, seed) => seed);
    for (const faultSeed of seeds) {
      const { workload, crashes, commandsAfterCrash, schedules: _, ...rest } = tape;
      const plan = { ...rest, ...(faultSeed === undefined ? {} : { faultSeed }) };
      const changes = { plan, commandsAfterCrash, depth: Math.min(crashes.length, best.crashes.length) };
      let found: Finding | undefined;
      const take = (result: { readonly findings: readonly Finding[]; readonly lives: number }): boolean => {
        lives -= result.lives + 1;
        found = this.wanted(result.findings);
        return found === undefined && lives > 0 && !this.options.expired();
      };
      const bounded = { ...changes, lifeBudget: Math.max(1, Math.min(lives, CHANCE_LIVES / 2)) };
      if (this.hasSchedules())
        await everySchedule(this.explorer, workload, bounded, CHANCE_PREEMPTIONS, take);
      else take(await this.explorer.exhaust(workload, bounded));
      if (found !== undefined || lives <= 0) return found;
    }
    return undefined;
  }

  /** Whether another schedule may do what this one does: there are several clients, or it was not the eager one. */
  private hasSchedules(): boolean {
    const { schedules = [] } = this.best.tape;
    return (this.explorer.suite.clients ?? 1) > 1 || schedules.some(({ kind }) => kind !== 'eager');
  }

  /** What fast-check knows nothing of. */
  async refine(): Promise<void> {
    await this.shorten();
    await this.cutLess();
    await this.simplify();
    await this.cutLess();
    await this.cutElsewhere();
  }

  /** Leaves out power cuts, as long as it can: with the others where they are, or else where they have to be. */
  async cutLess(): Promise<void> {
    for (;;) {
      const fewer = [...fewerCuts(this.best.tape)];
      const found =
        (await this.first(fewer, (tape) => this.explorer.play(tape))) ??
        (await this.first(fewer, (tape) => this.elsewhere(tape, CHANCE_LIVES)));
      if (found === undefined) return;
      this.best = found;
    }
  }

  private async first(
    tapes: readonly Tape[],
    run: (tape: Tape) => Promise<readonly Finding[]>,
  ): Promise<Finding | undefined> {
    for (const tape of tapes) {
      if (this.options.expired()) return undefined;
      this.options.onShrink();
      const found = this.wanted(await run(tape));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** A tape with as many cuts, anywhere. */
  private async elsewhere(tape: Tape, lifeBudget: number): Promise<readonly Finding[]> {
    const { workload, crashes, commandsAfterCrash, ...plan } = tape;
    const { findings } = await this.explorer.exhaust(workload, {
      plan,
      commandsAfterCrash,
      lifeBudget,
      depth: crashes.length,
      enough: ({ invariant }) => invariant === this.invariant,
    });
    return findings;
  }

  /** Simplifies the plan of the best run, as long as it breaks the same invariant. */
  async simplify(): Promise<void> {
    for (let tries = 0; tries < SIMPLIFICATIONS_MAX; ) {
      const { workload, crashes, ...plan } = this.best.tape;
      let found: Finding | undefined;
      for (const { branches: _, ...simpler } of simplerPlans({ ...plan, branches: [] })) {
        if (++tries > SIMPLIFICATIONS_MAX || this.options.expired()) return;
        this.options.onShrink();
        found = this.wanted(await this.explorer.play({ ...simpler, workload, crashes }));
        if (found !== undefined) break;
      }
      if (found === undefined) return;
      this.best = found;
    }
  }

  /** Leaves out the last command, as long as it can: fast-check shortens a list from its beginning. */
  async shorten(): Promise<void> {
    for (;;) {
      const { tape } = this.best;
      const shorter = { ...tape, workload: tape.workload.slice(0, -1) };
      if (shorter.workload.length === 0 || this.options.expired()) return;
      const found = (await this.again(shorter)) ?? (await this.search(shorter));
      if (found === undefined) return;
      this.best = found;
    }
  }

  /** Cuts the power of the best run everywhere instead, for the plainest cuts. */
  async cutElsewhere(): Promise<void> {
    const { tape } = this.best;
    if (tape.crashes.length === 0 || this.options.expired()) return;
    this.best = this.wanted([...(await this.elsewhere(tape, LAST_LIVES)), this.best]) ?? this.best;
  }
}

/** The plainest finding that breaks the same invariant as `first`. */
export const shrinkRandom = async (
  explorer: Explorer,
  { recipe, ...first }: First & { readonly recipe?: Recipe },
  options: ShrinkOptions,
): Promise<Finding> => {
  const shrinking = new Shrinking(explorer, first, options);
  // From a recipe each input is the same one.
  const place = recipe === undefined ? first : { ...first, index: 0 };
  await shrink(explorer.inputs(recipe), shrinking.run, place, options);
  await unlessAbandoned(shrinking.refine(), () => undefined);
  return shrinking.best;
};
