/**
 * `npm run alarms -- [--runs n] [--seed n] [--suite name]`: random runs of everything that is honest, the safe designs and
 * the scenarios, n for each suite. A violation there is a false alarm or our bug: each is printed with its token, and the
 * exit code is 1. The last line counts the runs.
 */
import { scenarioSuites } from '../properties/scenarios/index.js';
import { shippedSuites } from '../properties/suites/index.js';
import { exploreSuite } from '../sim/explore/campaign/explore-suite.js';
import { commandOf, several, wholeNumber } from './command.js';

interface Options {
  readonly runs: number;
  readonly seed: number;
  readonly suite?: readonly string[];
}

const command = commandOf(
  'alarms',
  'Random runs of everything that is honest: what is found there is an alarm.',
)
  .option('--runs <n>', 'runs of each suite', wholeNumber(1), 100)
  .option('--seed <n>', 'the seed of all of them', wholeNumber(), 1)
  .option('--suite <name>', 'only this suite; may be given several times', several)
  .parse();
const { runs, seed, suite: names } = command.opts<Options>();

const honest = [...shippedSuites, ...scenarioSuites].filter(
  ({ name, expected = 'safe' }) => expected === 'safe' && (names ?? [name]).includes(name),
);
if (honest.length === 0) command.error(`error: no honest suite is called ${names?.join(' or ')}`);
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
