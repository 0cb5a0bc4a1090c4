/**
 * Crash coverage as LCOV, for the code-coverage viewers that people already have.
 *
 * A line that is a crash point has branches: one for each kind of call made there, and for each moment of it (before,
 * in the middle, after), and one for a kill of the process after the call, where that leaves what no power cut leaves. A branch is
 * taken where the power was cut or the process killed then and what was left was checked. A line is hit
 * where any of its branches is. The files are named as the result names them, relative to the directory that the
 * campaign ran in.
 */
import { type CampaignResult, CRASH_PHASES, type Site } from '../../sim/result/result.js';
import { harmlessLine } from '../format.js';

interface Branch {
  readonly line: number;
  readonly taken: boolean;
}

const MOMENTS = [...CRASH_PHASES, 'killed'] as const;

type Moment = Site & { readonly phase: (typeof MOMENTS)[number] };

const branchKey = ({ line, operation, phase }: Moment): string =>
  `${String(line).padStart(9, '0')} ${operation} ${MOMENTS.indexOf(phase)}`;

/** By file: every crash point seen in any suite, taken where any suite cut the power there. */
const branchesByFile = (result: CampaignResult): ReadonlyMap<string, readonly Branch[]> => {
  const files = new Map<string, Map<string, Branch>>();
  const add = (site: Moment, taken: boolean): void => {
    const branches = files.get(site.file) ?? new Map<string, Branch>();
    const known = branches.get(branchKey(site));
    branches.set(branchKey(site), {
      line: site.line,
      taken: taken || known?.taken === true,
    });
    files.set(site.file, branches);
  };
  for (const { coverage } of result.suites) {
    for (const site of coverage.sites.cut) add(site, true);
    for (const site of coverage.sites.uncovered) add(site, false);
    for (const site of coverage.kills?.cut ?? []) add({ ...site, phase: 'killed' }, true);
    for (const site of coverage.kills?.uncovered ?? []) add({ ...site, phase: 'killed' }, false);
  }
  const inOrder = (branches: ReadonlyMap<string, Branch>): readonly Branch[] =>
    [...branches.keys()].sort().flatMap((key) => branches.get(key) ?? []);
  return new Map([...files.keys()].sort().map((file) => [file, inOrder(files.get(file) ?? new Map())]));
};

const record = (file: string, branches: readonly Branch[]): readonly string[] => {
  const lines = [...new Set(branches.map(({ line }) => line))];
  const onLine = (line: number): readonly Branch[] => branches.filter((branch) => branch.line === line);
  const hit = (line: number): boolean => onLine(line).some(({ taken }) => taken);
  return [
    'TN:powercut',
    // One line is one record: nothing in a path may begin another.
    `SF:${harmlessLine(file)}`,
    ...lines.flatMap((line) =>
      onLine(line).map(({ taken }, index) => `BRDA:${line},0,${index},${taken ? 1 : 0}`),
    ),
    `BRF:${branches.length}`,
    `BRH:${branches.filter(({ taken }) => taken).length}`,
    ...lines.map((line) => `DA:${line},${hit(line) ? 1 : 0}`),
    `LF:${lines.length}`,
    `LH:${lines.filter(hit).length}`,
    'end_of_record',
  ];
};

/** The whole tracefile; empty where no suite recorded its sites. */
export const renderLcov = (result: CampaignResult): string =>
  [...branchesByFile(result)].flatMap(([file, branches]) => [...record(file, branches), '']).join('\n');
