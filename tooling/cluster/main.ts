/**
 * `npm run test:campaign`: shows on a cluster of this machine what campaigns over a queue promise. Starts and stops its own
 * redis-server; needs that, Linux, and root for network namespaces. Ends with `N passed, N failed`.
 *
 *     npm run test:campaign -- --only large
 */
import { commandOf } from '../command.js';
import { CHECKS, type Check } from './checks.js';
import { Cluster } from './cluster.js';
import { ON_THIS_MACHINE } from './local-checks.js';
import { recipeCheck } from './recipe-check.js';

const { only, quick } = commandOf(
  'test:campaign',
  'Shows what campaigns over a queue promise, on a cluster of this machine.',
)
  .option('--only <text>', 'checks with this in their name', '')
  .option('--quick', 'only checks that take a minute or two', false)
  .parse()
  .opts<{ readonly only: string; readonly quick: boolean }>();

let [passed, failed] = [0, 0];
const check = async (name: string, run: () => Promise<string>): Promise<void> => {
  const began = performance.now();
  try {
    const figures = await run();
    passed += 1;
    console.log(`ok    ${name} (${figures}) ${((performance.now() - began) / 1000).toFixed(0)} s`);
  } catch (thrown) {
    failed += 1;
    console.log(`FAIL  ${name}\n${thrown instanceof Error ? thrown.stack : String(thrown)}`);
  }
};

const isWanted = ({ name, isQuick }: Check): boolean => name.includes(only) && (isQuick === true || !quick);
const cluster = await Cluster.start();
if (!cluster.network.isApart)
  console.log('This process may not make network namespaces: all workers run on one host.');
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    void cluster.stop().finally(() => process.exit(1));
  });
try {
  for (const { name, run } of CHECKS.filter(isWanted)) {
    await check(name, () => run(cluster));
    await cluster.killAll();
  }
  for (const { name, run } of [recipeCheck, ...ON_THIS_MACHINE].filter(isWanted))
    await check(name, () => run(cluster));
} finally {
  await cluster.stop();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
