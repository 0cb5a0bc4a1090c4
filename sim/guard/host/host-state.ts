/**
 * The changes that a life makes to the process it shares with the host: globals, prototypes of the language, members of
 * builtin modules. A change is in force only while that life's code runs.
 *
 * A full check takes as long as a short life. So these lives are checked:
 * - each that has loaded a module, which is when packages patch something, closely;
 * - the first, second, fourth, eighth …, every other time closely; from the 16th on every 16th;
 * - the last life before the host goes on;
 * - every life, once one has been found to change anything.
 *
 * So the first life that changes something is found, and its changes are undone, at most 15 lives later, and no later than
 * when the host goes on.
 */

import { loads } from '../../process/active-life.js';
import type { GuardedLife } from '../../process/guarded-life.js';
import { moduleCaches, watchedObjects, watchedSettings } from './watched-objects.js';

interface Change {
  readonly owner: object;
  readonly key: PropertyKey;
  /** A setting: what is assigned to it is kept elsewhere. */
  readonly isSetting?: boolean;
  /** Undefined: there was none. */
  readonly was: PropertyDescriptor | undefined;
  readonly is: PropertyDescriptor | undefined;
}

/** Lives between two looks, at the most. */
const LOOK_EVERY = 16;

type Descriptors = ReadonlyMap<PropertyKey, PropertyDescriptor>;

const descriptorsOf = (owner: object): Map<PropertyKey, PropertyDescriptor> => {
  const all = new Map<PropertyKey, PropertyDescriptor>();
  for (const key of Reflect.ownKeys(owner)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(owner, key);
    if (descriptor !== undefined) all.set(key, descriptor);
  }
  return all;
};

const isSame = (one: PropertyDescriptor | undefined, other: PropertyDescriptor | undefined): boolean =>
  one !== undefined &&
  other !== undefined &&
  Object.is(one.value, other.value) &&
  one.get === other.get &&
  one.set === other.set &&
  one.enumerable === other.enumerable &&
  one.writable === other.writable;

const isSameList = (one: readonly unknown[], other: readonly unknown[]): boolean => {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) if (!Object.is(one[index], other[index])) return false;
  return true;
};

/** Defines `descriptor` there, or deletes the property. A property that the life made non-configurable stays. */
const put = ({ owner, key, isSetting }: Change, descriptor: PropertyDescriptor | undefined): void => {
  if (isSetting === true) Reflect.set(owner, key, descriptor?.value);
  else if (descriptor === undefined) Reflect.deleteProperty(owner, key);
  else Reflect.defineProperty(owner, key, descriptor);
};

/** One object, as the host has it. */
class Watched {
  private descriptors = new Map<PropertyKey, PropertyDescriptor>();
  /** The members, flat: what a close look compares. */
  private members: readonly (readonly [PropertyKey, PropertyDescriptor])[] = [];
  /** Members with a value, flat: what a quick look compares one by one. */
  private keys: readonly PropertyKey[] = [];
  private values: readonly unknown[] = [];
  /** Values of all enumerable members, where none of them is a getter: one call reads them, in a third of the time. */
  private listed: readonly unknown[] | undefined;
  private enumerable = 0;

  /** @param isAdopted whether a value that was added while a life ran stays, as the host's */
  constructor(
    readonly owner: object,
    private readonly isAdopted: (value: unknown) => boolean = () => false,
  ) {
    this.take();
  }

  /** As it is now is how the host has it. */
  take(): void {
    this.descriptors = descriptorsOf(this.owner);
    this.flatten();
  }

  private flatten(): void {
    this.members = [...this.descriptors];
    const isListed = (key: PropertyKey, { enumerable }: PropertyDescriptor): boolean =>
      enumerable === true && typeof key === 'string';
    const listed = this.members.filter(([key, one]) => isListed(key, one));
    const hasGetter = listed.some(([, { get, set }]) => get ?? set);
    this.listed = hasGetter ? undefined : listed.map(([, { value }]) => value);
    this.enumerable = listed.length;
    const valued = this.members.filter(
      ([key, one]) => !one.get && !one.set && (hasGetter || !isListed(key, one)),
    );
    this.keys = valued.map(([key]) => key);
    this.values = valued.map(([, { value }]) => value);
  }

  /** Sees what is replaced, deleted or added, but not what is added out of sight, nor another getter. */
  looksSame(): boolean {
    const { owner, keys, values, listed } = this;
    try {
      for (let index = 0; index < keys.length; index++)
        if (!Object.is(Reflect.get(owner, keys[index] ?? ''), values[index])) return false;
      return listed === undefined
        ? Object.keys(owner).length === this.enumerable
        : isSameList(Object.values(owner), listed);
    } catch {
      return false; // a getter was put there, and throws
    }
  }

  /** As {@link changes} has none, without a list of what there is. */
  private isSame(): boolean {
    const { owner, members } = this;
    for (const [key, was] of members)
      if (!isSame(was, Reflect.getOwnPropertyDescriptor(owner, key))) return false;
    return Reflect.ownKeys(owner).length === members.length;
  }

  /** The changes to undo. */
  changes(): Change[] {
    if (this.isSame()) return [];
    const after = descriptorsOf(this.owner);
    this.adopt(after);
    const { owner, descriptors: before } = this;
    const keys = new Set([...before.keys(), ...after.keys()]);
    return [...keys].flatMap((key) => {
      const [was, is] = [before.get(key), after.get(key)];
      return isSame(was, is) ? [] : [{ owner, key, was, is }];
    });
  }

  private adopt(after: Descriptors): void {
    const added = [...after].filter(
      ([key, { value }]) => !this.descriptors.has(key) && this.isAdopted(value),
    );
    if (added.length === 0) return;
    for (const [key, is] of added) this.descriptors.set(key, is);
    this.flatten();
  }
}

/** A member behind a setter, which is looked at after every life. */
class Setting {
  private value: unknown;

  constructor(
    private readonly owner: object,
    private readonly key: PropertyKey,
  ) {
    this.take();
  }

  take(): void {
    this.value = Reflect.get(this.owner, this.key);
  }

  get isChanged(): boolean {
    return Reflect.get(this.owner, this.key) !== this.value;
  }

  changes(): Change[] {
    const { owner, key } = this;
    const value: unknown = Reflect.get(owner, key);
    if (value === this.value) return [];
    return [{ owner, key, isSetting: true, was: { value: this.value }, is: { value } }];
  }
}

/** What the loader puts into `require.cache` for a life is loaded for all lives, as what a file imports at its top. */
const isLoaded = (module: unknown): boolean => loads.modules.has(Object(module));

class HostState {
  private readonly watched: readonly Watched[] = [
    ...watchedObjects().map((owner) => new Watched(owner)),
    ...moduleCaches().map((cache) => new Watched(cache, isLoaded)),
  ];
  private readonly settings: readonly Setting[] = watchedSettings().map(
    ([owner, key]) => new Setting(owner, key),
  );
  private readonly owners = new WeakSet(this.watched.map(({ owner }) => owner));
  private readonly ofLives = new WeakMap<GuardedLife, readonly Change[]>();
  private inForce: GuardedLife | undefined;
  /** What ran last was not looked at. */
  private isUnseen = false;
  private isHostsTurn = true;
  private lives = 0;
  private lookAt = 1;
  private lookCloselyAt = 1;
  private loadsBefore = 0;
  /** Objects that some life has changed, so that each life is looked at. */
  private readonly changed = new Set<Watched>();

  /** A life's code runs next, or the host's. */
  handOver(next: GuardedLife | 'explorer' | 'host'): void {
    const before = this.inForce;
    if (next === before) return;
    if (before !== undefined) this.takeBack(before, next === 'host');
    else if (this.isHostsTurn && next !== 'host') this.takeHosts();
    else if (next === 'host' && this.isUnseen) this.putBack(this.altered());
    this.isHostsTurn = next === 'host';
    this.inForce = typeof next === 'string' ? undefined : next;
    if (this.inForce === undefined) return;
    for (const change of this.ofLives.get(this.inForce) ?? []) put(change, change.is);
  }

  /** Another program: it is looked at closely before it is trusted. */
  lookClosely(): void {
    this.lives = 0;
    this.lookAt = 1;
    this.lookCloselyAt = 1;
    this.changed.clear();
  }

  watches(owner: object): boolean {
    return this.owners.has(owner);
  }

  /** The host may have changed something itself since. */
  private takeHosts(): void {
    for (const one of this.watched) if (!one.looksSame()) one.take();
    for (const setting of this.settings) setting.take();
    this.loadsBefore = loads.count;
  }

  private takeBack(life: GuardedLife, isLast: boolean): void {
    this.lives += 1;
    const hasLoaded = loads.count !== this.loadsBefore;
    this.loadsBefore = loads.count;
    const changes = this.putBack(this.suspects(hasLoaded, isLast));
    // Most change nothing, and an entry for each would be work for the garbage collector.
    if (changes.length > 0) this.ofLives.set(life, changes);
    else this.ofLives.delete(life);
  }

  /** Puts what a life changed of `suspects` back, and returns it. */
  private putBack(suspects: readonly Watched[]): readonly Change[] {
    const isSet = this.settings.some((setting) => setting.isChanged);
    if (suspects.length === 0 && !isSet) return [];
    const changes = this.settings.flatMap((setting) => setting.changes());
    const changed = suspects.filter((one) => {
      const own = one.changes();
      changes.push(...own);
      return own.length > 0;
    });
    for (const change of changes) put(change, change.was);
    for (const one of changed) {
      this.changed.add(one);
      // What can't be taken back is the host's from now on.
      if (!one.looksSame()) one.take();
    }
    return changes;
  }

  /** What may be other than the host has it. */
  private suspects(hasLoaded: boolean, isLast: boolean): readonly Watched[] {
    const isDue = this.lives >= this.lookAt;
    const isClose = hasLoaded || this.lives >= this.lookCloselyAt;
    if (isDue) this.lookAt += Math.min(this.lookAt, LOOK_EVERY);
    if (this.lives >= this.lookCloselyAt) this.lookCloselyAt *= 4;
    const isLookedAt = isClose || isDue || isLast || this.changed.size > 0;
    this.isUnseen = !isLookedAt;
    if (isClose) return this.watched;
    return isLookedAt ? this.altered() : [];
  }

  private altered(): readonly Watched[] {
    this.isUnseen = false;
    return this.watched.filter((one) => this.changed.has(one) || !one.looksSame());
  }
}

let state: HostState | undefined;

/**
 * Says whose code runs next, outside of every span. 'explorer': a life is over, and the explorer goes on at once. 'host': any
 * other code may run.
 */
export const handOver = (next: GuardedLife | 'explorer' | 'host'): void => {
  state ??= new HostState();
  state.handOver(next);
};

export const lookClosely = (): void => state?.lookClosely();

/** Whether what is changed of `owner` is taken back when a life is over. */
export const isWatched = (owner: object): boolean => state?.watches(owner) ?? false;
