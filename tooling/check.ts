/**
 * `npm run check`: every `check:…` script of package.json, two at a time, in the order in which they stand there. The output of
 * each is printed when it ends. Ends with 1 if one of them fails; the others still run.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './sources.js';

const AT_ONCE = 2;

const run = (script: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn('npm', ['run', '--silent', script], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${script} (${seconds} s)\n`);
      if (code !== 0) process.stdout.write(Buffer.concat(output));
      resolve(code === 0);
    });
  });

const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
);
const waiting = Object.keys(scripts).filter((name) => name.startsWith('check:'));
const lane = async (): Promise<boolean> => {
  let passed = true;
  for (let script = waiting.shift(); script !== undefined; script = waiting.shift())
    passed = (await run(script)) && passed;
  return passed;
};
const lanes = await Promise.all(Array.from({ length: AT_ONCE }, lane));
if (lanes.includes(false)) process.exitCode = 1;
