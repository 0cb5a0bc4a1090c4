/** Runs sabotages: each is compiled into a tree of its own and explored in a process of its own. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Answer, Orders } from '../../properties/sabotage/child.js';
import type { Attack } from '../../properties/sabotage/explore-mutant.js';
import type { Sabotage } from '../../properties/sabotage/sabotage.js';
import type { Trees } from './tree.js';

/** What became of a sabotage. `attacks`: one for each suite explored, the last being the one that killed it, if any. */
export type Fate =
  | { readonly kind: 'killed'; readonly attacks: readonly Attack[]; readonly by: Attack }
  | { readonly kind: 'survived'; readonly attacks: readonly Attack[] }
  /** The exploration itself failed, or did not end: that kills nothing. */
  | { readonly kind: 'failed'; readonly why: string };

/** A variant that keeps the process busy for so long will not come back: processor time, which other processes do not change. */
const BUSY_SECONDS = 600;
/** One that waits for so long will not, either. */
const PATIENCE_MS = 3_600_000;
const NEVER_ENDS = 'the variant does not end';

const ask = (tree: string, orders: Orders): Promise<Answer> =>
  new Promise((resolve) => {
    const path = join(tree, 'properties/sabotage/child.js');
    // Not the parent's options: a loader would slow down what is measured. Stories name places in the source.
    const command = [process.execPath, '--enable-source-maps', path];
    const child = spawn('sh', ['-c', 'ulimit -S -t "$0" && exec "$@"', String(BUSY_SECONDS), ...command], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let said = '';
    child.stderr?.on('data', (text) => {
      said += String(text);
    });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      resolve({ error: `no answer within ${PATIENCE_MS / 1000} s: ${NEVER_ENDS}` });
    }, PATIENCE_MS);
    child.once('message', (answer) => resolve(answer as Answer)); // the child sends its Answer and nothing else
    child.once('error', (error) => resolve({ error: error.message }));
    // A busy machine reports the exit before the last message: that has come once the channel is closed.
    let how: string | undefined;
    const settle = (): void => {
      if (how !== undefined && !child.connected) resolve({ error: how });
    };
    child.once('disconnect', settle);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      how =
        signal === 'SIGXCPU'
          ? `no answer within ${BUSY_SECONDS} s of processor time: ${NEVER_ENDS}`
          : `the process ended without an answer (${signal ?? code}). ${said.trim().slice(-600)}`;
      settle();
    });
    child.send(orders);
  });

/** Explores the source, patched or (without a sabotage) as it is. */
const fateOf = async (trees: Trees, orders: Orders, sabotage?: Sabotage): Promise<Fate> => {
  const tree = trees.make(sabotage);
  try {
    const answer = await ask(tree, orders);
    if ('error' in answer) return { kind: 'failed', why: answer.error };
    const { attacks } = answer;
    const by = attacks.find(({ violation }) => violation !== undefined);
    return by === undefined ? { kind: 'survived', attacks } : { kind: 'killed', attacks, by };
  } finally {
    trees.remove(tree);
  }
};

/** Explores a sabotage for the invariants that must kill it; `tells`: with a story. @throws PatchError */
export const commit = (trees: Trees, sabotage: Sabotage, tells: boolean): Promise<Fate> =>
  fateOf(trees, { suites: sabotage.suites, wanted: sabotage.killedBy, tells }, sabotage);

/** Explores the honest source, within the same bounds and for every invariant: whatever breaks is a false alarm. */
export const honestTwin = (trees: Trees, suite: string): Promise<Fate> =>
  fateOf(trees, { suites: [suite], wanted: [], tells: true });
