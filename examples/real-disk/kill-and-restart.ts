/**
 * Starts the bank on a real directory, kills it with SIGKILL in the middle of its work, starts it again, and looks.
 *
 *   npx tsx examples/real-disk/kill-and-restart.ts [DIRECTORY] [TIMES]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const BANK = fileURLToPath(new URL('bank.ts', import.meta.url));

/** What the bank says of itself after a restart. */
export interface Look {
  readonly cents: number;
  /** Read models that are not as a fresh fold of the log. */
  readonly stale: readonly string[];
  readonly costs: { readonly eventsReread: number };
}

const start = (directory: string, ...mode: string[]) =>
  spawn(process.execPath, ['--import', 'tsx', BANK, directory, ...mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** Lets the bank take `deposits`, then kills it while it goes on. Returns how many it had acknowledged by its death. */
export const killAfter = async (directory: string, deposits: number): Promise<number> => {
  const bank = start(directory);
  const dead = once(bank, 'exit');
  let acknowledged = 0;
  // What it had said before it died is still read to the end.
  for await (const line of createInterface({ input: bank.stdout })) {
    if (!('acknowledged' in JSON.parse(line))) throw new Error(`the bank said something else: ${line}`);
    if (++acknowledged === deposits) bank.kill('SIGKILL');
  }
  const [, signal] = await dead;
  if (signal !== 'SIGKILL')
    throw new Error(`the bank ended by itself (${signal}), after ${acknowledged} deposits`);
  return acknowledged;
};

/** Starts the bank again, lets it catch up, and asks what it sees. */
export const look = async (directory: string): Promise<Look> => {
  const bank = start(directory, '--look');
  let said = '';
  for await (const chunk of bank.stdout) said += String(chunk);
  return JSON.parse(said) as Look; // the one line that bank.ts prints in this mode
};

const main = async (given: string | undefined, times: number): Promise<void> => {
  const directory = given ?? (await mkdtemp(join(tmpdir(), 'powercut-bank-')));
  let acknowledged = (await look(directory)).cents;
  for (let time = 1; time <= times; time++) {
    acknowledged += await killAfter(directory, 50 * time);
    const { cents, stale, costs } = await look(directory);
    const verdict = cents >= acknowledged && stale.length === 0 ? 'nothing lost, nothing stale' : 'BROKEN';
    console.log(
      `kill ${time}: ${acknowledged} acknowledged, ${cents} in the read model, ${costs.eventsReread} read again: ${verdict}`,
    );
    if (verdict === 'BROKEN') process.exitCode = 1;
    acknowledged = cents; // a deposit that was in flight may have happened, for good
  }
  if (given === undefined) await rm(directory, { recursive: true });
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [directory, times] = process.argv.slice(2);
  await main(directory, Number(times ?? 5));
}
