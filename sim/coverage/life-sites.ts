/**
 * Where in the program each step of a life was made. Asking for the stack at every step would cost more than the life
 * itself; but the same call after the same two calls is made at the same line. So a recovery is lived once more, with its
 * call sites noted, only where it makes a call that no recovery before it made after the same two.
 */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { placeOf } from '../life/call-sites/call-site.js';
import type { LifeRecord } from '../life/life-record.js';
import type { Step } from '../life/step.js';
import type { Site } from '../result/result.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A call site as results name it; undefined where the step has none. */
export const siteOf = ({ site, operation }: Pick<Step, 'site' | 'operation'>): Site | undefined => {
  const place = placeOf(site);
  if (place === undefined) return undefined;
  const file = relative(place.file.startsWith(ROOT) ? ROOT : process.cwd(), place.file);
  return { file, line: place.line, operation };
};

/** Gives every (call site, operation) a small number. */
export class SiteTable {
  readonly sites: Site[] = [];
  private readonly numbers = new Map<string, number>();

  /** The number of a step's site; undefined where it has none. */
  numberOf(step: Step): number | undefined {
    if (step.site === undefined) return undefined;
    const key = `${step.site} ${step.operation}`;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const site = siteOf(step);
    if (site === undefined) return undefined;
    this.numbers.set(key, this.sites.length);
    return this.sites.push(site) - 1;
  }
}

/** The part of a life whose call sites are known: its first steps. */
export interface LocatedLife {
  readonly life: LifeRecord;
  /** By step; undefined where a step has no site. */
  readonly sites: readonly (number | undefined)[];
  readonly isRecovery: boolean;
}

const changesSomething = ({ entriesStart, entriesEnd }: Step): boolean => entriesEnd > entriesStart;

/** A call without its particulars: files are numbered, and what the outside world sees is data. */
const callOf = ({ operation, path, result }: Step): string =>
  `${operation} ${path.startsWith('/') ? path.replace(/\d+/g, '#') : ''} ${typeof result === 'string' ? result : ''}`;

/** Of each step that changes something: the call and the two before it, reads that succeeded aside. */
const contextsOf = (steps: readonly Step[]): readonly (string | undefined)[] => {
  let [last, lastButOne] = ['', ''];
  return steps.map((step) => {
    const changes = changesSomething(step);
    if (!changes && typeof step.result !== 'string') return undefined;
    const call = callOf(step);
    const context = `${lastButOne}\n${last}\n${call}`;
    [last, lastButOne] = [call, last];
    return changes ? context : undefined;
  });
};

export class Located {
  readonly table = new SiteTable();
  private readonly siteByContext = new Map<string, number | undefined>();

  /** A first life, lived with its call sites noted. */
  first(life: LifeRecord): LocatedLife {
    const sites = life.world.steps.map((step) => this.table.numberOf(step));
    return { life, sites, isRecovery: false };
  }

  /** A recovery that was lived without call sites; undefined where some call of it is new. */
  recovery(life: LifeRecord): LocatedLife | undefined {
    const contexts = contextsOf(life.world.steps.slice(0, life.recoverySteps));
    if (contexts.some((context) => context !== undefined && !this.siteByContext.has(context)))
      return undefined;
    const sites = contexts.map((context) =>
      context === undefined ? undefined : this.siteByContext.get(context),
    );
    return { life, sites, isRecovery: true };
  }

  /** Takes in a recovery lived with its call sites noted. */
  learn(life: LifeRecord): LocatedLife {
    const steps = life.world.steps.slice(0, life.recoverySteps);
    const contexts = contextsOf(steps);
    const sites = steps.map((step, index) =>
      contexts[index] === undefined ? undefined : this.table.numberOf(step),
    );
    contexts.forEach((context, index) => {
      if (context !== undefined && !this.siteByContext.has(context))
        this.siteByContext.set(context, sites[index]);
    });
    return { life, sites, isRecovery: true };
  }
}
