/**
 * `npm run identities`: how often several seeds give one bug one identity, and two bugs two. Each sabotage of the gallery is a bug; each is
 * explored with each seed.
 *
 *     npm run identities -- --seeds 20 --every 5
 *
 * Takes hours for the whole gallery: `--every n` takes every nth sabotage.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { gallery } from '../../properties/sabotage/gallery/index.js';
import type { Identified, Reply, Request } from '../../properties/sabotage/identify.js';
import type { Sabotage } from '../../properties/sabotage/sabotage.js';
import { commandOf, wholeNumber } from '../command.js';
import { compileTrees, type Trees } from '../sabotage/tree.js';
import { type Bug, bugsIn, summaryOf } from './stability.js';

const explore = (tree: string, request: Request): Promise<Reply> =>
  new Promise((resolve) => {
    const path = join(tree, 'properties/sabotage/identify.js');
    const child = spawn(process.execPath, ['--enable-source-maps', path], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.once('message', (reply) => resolve(reply as Reply)); // the child sends one Reply and nothing else
    // By then the last message has come.
    child.once('disconnect', () => resolve({ error: 'the process ended without a reply' }));
    child.send(request);
  });

const identitiesOf = async (
  trees: Trees,
  sabotage: Sabotage,
  seeds: number,
): Promise<readonly Identified[]> => {
  const tree = trees.make(sabotage);
  try {
    const reply = await explore(tree, { suites: sabotage.suites, seeds });
    if ('found' in reply) return reply.found;
    console.error(`${sabotage.name}: ${reply.error}`);
    return [];
  } finally {
    trees.remove(tree);
  }
};

interface Options {
  readonly seeds: number;
  readonly every: number;
}

const { seeds, every } = commandOf('identities', 'Measures how stable and how distinct identities are.')
  .option('--seeds <n>', 'seeds for each sabotage', wholeNumber(1), 20)
  .option('--every <n>', 'take every nth sabotage', wholeNumber(1), 1)
  .parse()
  .opts<Options>();
const trees = compileTrees();
const bugs: Bug[] = [];
try {
  const killable = gallery.filter(({ survives }) => survives === undefined);
  for (const sabotage of killable.filter((_, index) => index % every === 0)) {
    const own = bugsIn(sabotage.name, await identitiesOf(trees, sabotage, seeds));
    bugs.push(...own);
    for (const { name, suite, invariant, identities } of own)
      console.log(`${name} · ${suite} · ${invariant}: ${[...identities.values()].join(', ')}`);
  }
} finally {
  trees.dispose();
}
console.log(`\n${summaryOf(bugs)}`);
