/** What Emmett's tests take from Vitest, for one run of all of them in a simulated process. */

type Act = () => unknown;

interface Group {
  readonly name: string;
  readonly parent: Group | undefined;
  readonly before: Act[];
  readonly after: Act[];
  readonly beforeAll: Act[];
  readonly afterAll: Act[];
  readonly members: (Group | { readonly name: string; readonly run: Act })[];
}

export interface TestOutcome {
  readonly name: string;
  /** Null: it passed. */
  readonly error: string | null;
}

/** In simulated time: twice what the most patient of the tests asks for. */
const TEST_MS_MAX = 60_000;

const groupOf = (name: string, parent: Group | undefined): Group => ({
  name,
  parent,
  before: [],
  after: [],
  beforeAll: [],
  afterAll: [],
  members: [],
});

const root = groupOf('', undefined);
let current = root;

export const describe = (name: string, define: Act): void => {
  const group = groupOf(name, current);
  current.members.push(group);
  current = group;
  define();
  current = group.parent ?? root;
};

/** Vitest takes options in between: here, all tests have the same time. */
export const it = (name: string, ...given: readonly [Act] | readonly [object, Act]): void => {
  const run = given.at(-1);
  if (typeof run !== 'function') throw new TypeError(`The test '${name}' has no function.`);
  current.members.push({ name, run: run as Act }); // the last argument, as the types say
};
export const beforeEach = (act: Act): void => void current.before.push(act);
export const afterEach = (act: Act): void => void current.after.push(act);
export const beforeAll = (act: Act): void => void current.beforeAll.push(act);
export const afterAll = (act: Act): void => void current.afterAll.push(act);

const inTime = async (act: Act): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${TEST_MS_MAX} ms`)), TEST_MS_MAX);
  });
  try {
    await Promise.race([act(), late]);
  } finally {
    clearTimeout(timer);
  }
};

const errorOf = async (acts: readonly Act[]): Promise<string | null> => {
  try {
    for (const act of acts) await inTime(act);
    return null;
  } catch (thrown) {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  }
};

/** From the outermost group to this one. */
const lineOf = (group: Group): readonly Group[] =>
  group.parent === undefined ? [group] : [...lineOf(group.parent), group];

async function* outcomesOf(group: Group): AsyncGenerator<TestOutcome> {
  const line = lineOf(group);
  const title = line.map(({ name }) => name).filter((name) => name !== '');
  const failed = await errorOf(group.beforeAll);
  for (const member of group.members) {
    if ('members' in member) {
      yield* outcomesOf(member);
      continue;
    }
    const before = line.flatMap((one) => one.before);
    const after = [...line].reverse().flatMap((one) => one.after);
    const error = failed ?? (await errorOf([...before, member.run]));
    yield { name: [...title, member.name].join(' > '), error: error ?? (await errorOf(after)) };
  }
  await errorOf(group.afterAll);
}

/** Runs each test that was defined, in their order. */
export const runAll = async (): Promise<readonly TestOutcome[]> => {
  const outcomes: TestOutcome[] = [];
  for await (const outcome of outcomesOf(root)) outcomes.push(outcome);
  return outcomes;
};
