/** Runs scripts of package.json side by side, and prints the output of each when it ends. */
import { spawn } from 'node:child_process';
import { ROOT } from './sources.js';

const run = (script: string, printsAll: boolean): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn('npm', ['run', '--silent', ...script.split(' ')], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      if (printsAll || code !== 0) process.stdout.write(Buffer.concat(output));
      process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${script} (${seconds} s)\n`);
      resolve(code === 0);
    });
  });

/** How scripts are run. */
export interface Running {
  readonly atOnce: number;
  /** Print the output of scripts that pass, too. */
  readonly printsAll: boolean;
}

/**
 * Runs scripts of package.json, in their order, some of them at the same time. One that fails does not stop the others.
 * @param scripts names, with their arguments after ` -- `
 * @returns true if every script passed
 */
export const runScripts = async (
  scripts: readonly string[],
  { atOnce, printsAll }: Running,
): Promise<boolean> => {
  const waiting = [...scripts];
  const lane = async (): Promise<boolean> => {
    let passed = true;
    for (let script = waiting.shift(); script !== undefined; script = waiting.shift())
      passed = (await run(script, printsAll)) && passed;
    return passed;
  };
  const lanes = await Promise.all(Array.from({ length: atOnce }, lane));
  return !lanes.includes(false);
};
