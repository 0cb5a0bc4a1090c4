/**
 * Puts coverage together as sets: what is covered in one part is covered, and a total is the size of a union, never a
 * sum. Lists are in one order whatever order the parts come in, so that parts put together are what one process finds.
 */
import {
  type Coverage,
  CRASH_PHASES,
  type CrashPoint,
  type OrderCoverage,
  type OrderPair,
  type Share,
  type Site,
  type SiteChange,
  type SiteSurvivors,
  SURVIVOR_CLASSES,
} from '../result/result.js';

/** The part of the coverage that is collected while exploring. */
export type Collected = Pick<Coverage, 'sites' | 'orders' | 'recovery' | 'kills' | 'survivors'>;

const NONE: Share = { covered: 0, total: 0 };

export const NOTHING_COLLECTED: Collected = {
  sites: { ...NONE, cut: [], uncovered: [] },
  orders: {
    changes: [],
    pairs: { ...NONE, seen: [], unseen: [] },
    torn: { ...NONE, torn: [], untorn: [] },
    fates: { ...NONE, neverLost: [], neverKept: [] },
  },
  recovery: { steps: { ...NONE, cut: [], uncovered: [] } },
  kills: { ...NONE, cut: [], uncovered: [] },
  survivors: [],
};

const siteKey = ({ file, line, operation }: Site): string =>
  `${file}\n${String(line).padStart(9, '0')}\n${operation}`;
const pointKey = (point: CrashPoint): string => `${siteKey(point)}\n${CRASH_PHASES.indexOf(point.phase)}`;
const changeKey = (change: SiteChange): string => `${siteKey(change)}\n${change.change}`;

/** The items of all lists, each once, in the order of their keys. */
const union = <Item>(lists: readonly (readonly Item[])[], key: (item: Item) => string): Item[] => {
  const byKey = new Map(lists.flat().map((item) => [key(item), item]));
  return [...byKey.keys()].sort().flatMap((name) => byKey.get(name) ?? []);
};

interface Halves<Item> extends Share {
  readonly covered: number;
  readonly total: number;
  readonly cut: Item[];
  readonly uncovered: Item[];
}

const halves = <Item>(
  cuts: readonly (readonly Item[])[],
  others: readonly (readonly Item[])[],
  key: (item: Item) => string,
): Halves<Item> => {
  const cut = union(cuts, key);
  const covered = new Set(cut.map(key));
  const uncovered = union(others, key).filter((item) => !covered.has(key(item)));
  return { covered: cut.length, total: cut.length + uncovered.length, cut, uncovered };
};

/** Orders with their changes in the list `changes`, which holds all of them. */
const renumbered = (orders: OrderCoverage, changes: readonly SiteChange[]): OrderCoverage => {
  const places = new Map(changes.map((change, place) => [changeKey(change), place]));
  const numbers = orders.changes.map((change) => places.get(changeKey(change)) ?? 0);
  const number = (old: number): number => numbers[old] ?? 0;
  const pair = ({ earlier, later, oneCall }: OrderPair): OrderPair => ({
    earlier: number(earlier),
    later: number(later),
    oneCall,
  });
  const { pairs, torn, fates } = orders;
  // A change that one part never saw was never lost there, nor kept.
  const missing = [...changes.keys()].filter((place) => !numbers.includes(place));
  return {
    changes,
    pairs: { ...pairs, seen: pairs.seen.map(pair), unseen: pairs.unseen.map(pair) },
    torn: { ...torn, torn: torn.torn.map(number), untorn: torn.untorn.map(number) },
    fates: {
      ...fates,
      neverLost: [...fates.neverLost.map(number), ...missing],
      neverKept: [...fates.neverKept.map(number), ...missing],
    },
  };
};

const orderKey = ({ earlier, later, oneCall }: OrderPair): string =>
  numberKey(earlier) + numberKey(later) + String(oneCall);
const numberKey = (number: number): string => String(number).padStart(9, '0');

const mergeOrders = (left: OrderCoverage, right: OrderCoverage): OrderCoverage => {
  const changes = union([left.changes, right.changes], changeKey);
  const [a, b] = [renumbered(left, changes), renumbered(right, changes)];
  const pairs = halves([a.pairs.seen, b.pairs.seen], [a.pairs.unseen, b.pairs.unseen], orderKey);
  const torn = halves([a.torn.torn, b.torn.torn], [a.torn.untorn, b.torn.untorn], numberKey);
  const inBoth = (one: readonly number[], other: readonly number[]): number[] =>
    one.filter((number) => other.includes(number)).sort((x, y) => x - y);
  const neverLost = inBoth(a.fates.neverLost, b.fates.neverLost);
  const neverKept = inBoth(a.fates.neverKept, b.fates.neverKept);
  return {
    changes,
    pairs: { covered: pairs.covered, total: pairs.total, seen: pairs.cut, unseen: pairs.uncovered },
    torn: { covered: torn.covered, total: torn.total, torn: torn.cut, untorn: torn.uncovered },
    fates: {
      covered: changes.length - new Set([...neverLost, ...neverKept]).size,
      total: changes.length,
      neverLost,
      neverKept,
    },
  };
};

/** Images are counted by part: the same disk after another workload is another state. */
const mergeSurvivors = (left: readonly SiteSurvivors[], right: readonly SiteSurvivors[]): SiteSurvivors[] =>
  union([left, right], siteKey).map((site) => {
    const rows = [...left, ...right].filter((row) => siteKey(row) === siteKey(site));
    const classes = SURVIVOR_CLASSES.flatMap((name) => {
      const cells = rows.flatMap((row) => row.classes.filter((cell) => cell.class === name));
      if (cells.length === 0) return [];
      const sum = (of: 'images' | 'checked' | 'violated'): number =>
        cells.reduce((total, cell) => total + cell[of], 0);
      return [{ class: name, images: sum('images'), checked: sum('checked'), violated: sum('violated') }];
    });
    return { ...site, classes };
  });

/** What two parts of an exploration, of one program under one model, covered together. */
export const mergeCollected = (left: Collected, right: Collected): Collected => ({
  sites: halves([left.sites.cut, right.sites.cut], [left.sites.uncovered, right.sites.uncovered], pointKey),
  orders: mergeOrders(left.orders, right.orders),
  recovery: {
    steps: halves(
      [left.recovery.steps.cut, right.recovery.steps.cut],
      [left.recovery.steps.uncovered, right.recovery.steps.uncovered],
      siteKey,
    ),
  },
  kills: halves(
    [left.kills?.cut ?? [], right.kills?.cut ?? []],
    [left.kills?.uncovered ?? [], right.kills?.uncovered ?? []],
    siteKey,
  ),
  survivors: mergeSurvivors(left.survivors, right.survivors),
});
