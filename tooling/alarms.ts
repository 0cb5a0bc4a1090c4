/**
 * `npm run alarms -- [--runs n] [--seed n] [--suite name]`: random runs of everything that is honest, the safe designs and
 * the scenarios, n for each suite. Whatever is found broken there is a false alarm or a fault of ours: each is told with
 * its token, and the exit code is 1. The last line counts the runs.
 */
import { parseArgs } from 'node:util';
import { scenarioSuites } from '../properties/scenarios/index.js';
import { shippedSuites } from '../properties/suites/index.js';
import { exploreSuite } from '../sim/explore/explore-suite.js';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    suite: { type: 'string', multiple: true },
  },
});
const [runs, seed] = [Number(values.runs), Number(values.seed)];

const honest = [...shippedSuites, ...scenarioSuites].filter(
  ({ name, expected = 'safe' }) => expected === 'safe' && (values.suite ?? [name]).includes(name),
);
let total = 0;
let alarms = 0;
let steps = 0;
const began = performance.now();
for (const suite of honest) {
  const result = await exploreSuite(suite, { seed, runs, workloads: 0, depth: 0, bail: false });
  const { exploration, violations } = result;
  total += exploration.runs;
  steps += exploration.steps;
  const found = violations.map(({ invariant, seen }) => `${invariant} in ${seen}`).join(', ');
  const rate = Math.round(exploration.runs / exploration.seconds);
  console.log(
    `${suite.name}: ${exploration.runs} runs, ${rate}/s${found === '' ? '' : `; BROKEN: ${found}`}`,
  );
  for (const { story, token } of violations) {
    alarms += 1;
    console.log(`\n${story}\n${token}\n`);
  }
}
const seconds = Math.round((performance.now() - began) / 1000);
console.log(
  `${total} random runs of ${honest.length} honest suites, ${steps} steps, ${seconds} s: ${alarms} alarms`,
);
if (alarms > 0) process.exitCode = 1;
