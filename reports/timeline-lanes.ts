/**
 * Lanes: the part of the system that each step of a replay belongs to, and the parts that caused it.
 *
 * A part is a folder of source (or a package; or a file, where the whole program is in one folder), named as the program
 * names it. A call to a file of the disk belongs to the part that touched the file first, so that a helper that syncs for
 * all has no lane of its own. A file with its own name names the lane, so that listeners that keep their state by the same
 * code have different lanes. Causes are listed outwards from there. Code on the path of every call, such as the wiring, has no
 * lane unless it makes calls itself.
 */
import { dirname } from 'node:path/posix';
import type { ReplayResult, TraceEntry } from '../sim/result/result.js';

export interface Laned {
  readonly lane: string;
  /** Other lanes, the outermost first. */
  readonly by: readonly string[];
}

/** Files of one part beyond which they are no lanes of their own. */
const FILES_MAX = 6;

const PROGRAM = 'program';
const CLIENT = 'client';

const addTo = (sets: Map<string, Set<string>>, key: string, value: string): void =>
  void sets.set(key, (sets.get(key) ?? new Set()).add(value));

const lastWords = (path: string): readonly string[] =>
  path.split(' -> ')[0]?.split('/').filter(Boolean) ?? [];

/** '/data/balances.0' and '/data/balances.1' are 'balances'; undefined for a file that only has a number. */
const nameOf = (path: string): string | undefined => {
  const [stem = ''] = (lastWords(path).at(-1) ?? '').split('.').filter(Boolean);
  return /^\d*$/.test(stem) ? undefined : stem;
};

/** What distinguishes files of the disk: their names, or their folders' where they only have a number. */
const kindOf = (path: string): string => nameOf(path) ?? `${lastWords(path).at(-2)}/`;

const PACKAGE = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/;

/** The parts of `powercut/store` have lanes of their own, as a program's parts have: store, feeder, bus and read models. */
const STORE_PART = /[\\/]node_modules[\\/]powercut[\\/](?:dist[\\/])?src[\\/]([^\\/]+)[\\/]/;

/** The folders on the way to a file, the outermost first. */
const foldersOf = (file: string): readonly string[] => {
  const names = file.split(/[\\/]/).slice(0, -1);
  return names.map((_name, depth) => names.slice(0, depth + 1).join('/'));
};

/**
 * Says which folder a file belongs to, by its name, or which package. A folder within a folder that has files of its own is a
 * part of that one: 'store/log' of 'store'. The folder that holds the whole program is none of them.
 */
const folderIn = (files: ReadonlySet<string>): ((file: string) => string | undefined) => {
  const own = [...files].filter((file) => !PACKAGE.test(file)).map(foldersOf);
  const direct = new Set(own.map((folders) => folders.at(-1)));
  const isOfAll = (folder: string): boolean => own.every((folders) => folders.includes(folder));
  return (file) => {
    const folders = foldersOf(file);
    const folder = folders.find((one) => direct.has(one) && !isOfAll(one)) ?? folders.at(-1);
    return STORE_PART.exec(file)?.[1] ?? PACKAGE.exec(file)?.[1] ?? folder?.split('/').at(-1);
  };
};

const moduleOf = (file: string): string | undefined =>
  file
    .split(/[\\/]/)
    .at(-1)
    ?.replace(/\.[^.]*$/, '');

/** Says what part of the program a source file is of. */
const partsOf = (trace: ReplayResult['trace']): ((file: string) => string) => {
  const files = new Set(trace.flatMap(filesOf));
  const folderOf = folderIn(files);
  const folders = new Set([...files].map(folderOf));
  const partOf = folders.size > 1 ? folderOf : moduleOf;
  const known = new Map([...files].map((file) => [file, partOf(file) ?? PROGRAM]));
  known.set(CLIENT, CLIENT);
  return (file) => known.get(file) ?? PROGRAM;
};

/** The source files of a call outwards, without the client, who is none. */
const filesOf = ({ site, through = [] }: TraceEntry): readonly string[] =>
  [...(site === undefined ? [] : [site.file]), ...through].filter((file) => file !== CLIENT);

/** Source files that make calls for several parts: a call of theirs belongs to the caller. */
const helpersIn = (trace: ReplayResult['trace'], partOf: (file: string) => string) => {
  const askers = new Map<string, Set<string>>();
  for (const entry of trace) {
    const asker = askerOf(entry);
    if (entry.site === undefined || asker === undefined) continue;
    addTo(askers, entry.site.file, partOf(asker));
  }
  return (file: string): boolean => (askers.get(file)?.size ?? 0) > 1;
};

/** The next source file outwards from where a call was made. */
const askerOf = (entry: TraceEntry): string | undefined =>
  filesOf(entry).find((file) => file !== entry.site?.file);

interface Own {
  readonly part: string;
  /** The file of the disk that a step is about, if it has a name. */
  readonly file: string | undefined;
}

/** Each step's own part. */
const ownParts = (trace: ReplayResult['trace'], partOf: (file: string) => string): readonly Own[] => {
  const directories = new Set(trace.flatMap(({ path }) => (path === undefined ? [] : dirname(path))));
  const callerOf = ({ actor, site }: TraceEntry): string => (site === undefined ? actor : partOf(site.file));
  const owners = new Map<string, string>();
  const residents = new Map<string, Set<string>>();
  for (const entry of trace) {
    const { actor, path } = entry;
    if (actor !== PROGRAM || path === undefined) continue;
    if (directories.has(path) && entry.operation !== 'mkdir') continue;
    const part = owners.get(kindOf(path)) ?? callerOf(entry);
    if (!directories.has(path)) owners.set(kindOf(path), part);
    addTo(residents, dirname(path), part);
  }
  const isHelper = helpersIn(trace, partOf);
  return trace.map((entry) => {
    const { actor, path, site } = entry;
    if (actor !== PROGRAM) return { part: actor, file: undefined };
    if (path === undefined) return { part: callerOf(entry), file: undefined };
    if (!directories.has(path)) return { part: owners.get(kindOf(path)) ?? actor, file: nameOf(path) };
    // A directory belongs to no part. A helper syncs it for the part that has a file there.
    const asker = site !== undefined && isHelper(site.file) ? askerOf(entry) : undefined;
    const forAsker = asker !== undefined && residents.get(path)?.has(partOf(asker)) === true;
    return { part: forAsker ? partOf(asker) : callerOf(entry), file: undefined };
  });
};

/** The names of lanes, by part and file. */
const naming = (own: readonly Own[]) => {
  const filesBy = new Map<string, Set<string>>();
  for (const { part, file } of own) if (file !== undefined) addTo(filesBy, part, file);
  const parts = new Set(own.map(({ part }) => part));
  return (part: string, file: string | undefined): string => {
    const files = filesBy.get(part) ?? new Set();
    // What a part does to a directory it does for the one file that it keeps there.
    const name = file ?? (files.size === 1 ? [...files][0] : undefined);
    if (name === undefined || files.size > FILES_MAX || part === name) return part;
    return parts.has(name) ? `${part}: ${name}` : name;
  };
};

/** The parts that a call came through, outwards from the one it is of. */
const waysOf = (
  trace: ReplayResult['trace'],
  own: readonly Own[],
  partOf: (file: string) => string,
): readonly (readonly string[])[] => {
  const ways = trace.map(({ through = [] }, index) => {
    const parts = through.map(partOf);
    const part = own[index]?.part ?? '';
    return [...new Set(parts.slice(parts.indexOf(part) + 1))].filter((one) => one !== part);
  });
  const isTold = (index: number): boolean => trace[index]?.through !== undefined;
  const tellsNothing = (part: string): boolean =>
    part !== CLIENT &&
    ways.every((way, index) => !isTold(index) || way.includes(part) || own[index]?.part === part);
  const everywhere = new Set([...new Set(ways.flat())].filter(tellsNothing));
  return ways.map((way) => way.filter((part) => !everywhere.has(part)).reverse());
};

/** The lanes of each step, by its place in the trace. */
export const lanesOf = (trace: ReplayResult['trace']): readonly Laned[] => {
  const partOf = partsOf(trace);
  const own = ownParts(trace, partOf);
  const nameFor = naming(own);
  const ways = waysOf(trace, own, partOf);
  return own.map(({ part, file }, index) => ({
    lane: nameFor(part, file),
    by: (ways[index] ?? []).map((one) => nameFor(one, undefined)),
  }));
};

/** Every lane once, the client first: a timeline is read from its side. */
export const distinctLanes = (laned: readonly Laned[]): readonly string[] => {
  const distinct = [...new Set(laned.flatMap(({ lane, by }) => [...by, lane]))];
  return distinct.includes(CLIENT) ? [CLIENT, ...distinct.filter((lane) => lane !== CLIENT)] : distinct;
};
