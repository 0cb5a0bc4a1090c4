import { describe, expect, test } from 'vitest';
import type { Attempted, Outcome as Ended, SimulatedEnvironment } from '../../sim/suite/suite.js';
import type { Letter } from '../../src/designs/bank/letters.js';
import { checkpointedFeeder } from '../../src/designs/checkpointed-feeder.js';
import { publishAfterSave } from '../../src/designs/publish-after-save.js';
import { testEnvironment } from '../../src/testing/test-environment.js';
import type { BankCommand } from '../arbitraries/bank-commands.js';
import { decisions } from './decisions.js';
import {
  afterStop,
  type BankAnswer,
  type BankHistory,
  type BankLife,
  bootBank,
  costsOfBank,
  restartBank,
  settleBank,
} from './life.js';
import { observeBank } from './observe.js';
import { sendCommand, tryAgain } from './user.js';

const open: BankCommand = { type: 'open', account: 'a', owner: 'Ann' };
const deposit: BankCommand = { type: 'deposit', account: 'a', cents: 500 };
const withdraw: BankCommand = { type: 'withdraw', account: 'a', cents: 2000 };
const close: BankCommand = { type: 'close', account: 'a' };

type Outcome = Ended<BankAnswer>;

const done = (version: number): Outcome => ({
  status: 'acknowledged',
  result: { kind: 'done', version, position: version },
});
const refused = (code: string): Outcome => ({
  status: 'rejected',
  error: { name: 'TypeError', code, message: 'x is not a function' },
});

const historyOf = (
  told: readonly (readonly [BankCommand, Outcome])[],
  effects: readonly Letter[] = [],
): BankHistory => ({
  commands: told.map(
    ([command, outcome], index): Attempted<BankCommand, BankAnswer> => ({
      index,
      command,
      outcome,
      attempts: 1,
    }),
  ),
  effects,
  effectCounts: effects.map(() => 1),
  observed: undefined,
  crashes: 0,
});

describe('decisions', () => {
  const judged = (...told: (readonly [BankCommand, Outcome])[]) =>
    decisions.check(historyOf(told), {} as BankLife, 'at-rest'); // looks at nothing but the history

  test('hold for answers that the commands call for, as far as those are known', () => {
    expect(judged([open, done(1)], [deposit, done(2)], [close, done(4)])).toBeUndefined();
    expect(judged([open, done(1)], [withdraw, refused('INSUFFICIENT_FUNDS')])).toBeUndefined();
    expect(judged([open, { status: 'unknown' }], [deposit, done(7)])).toBeUndefined();
    expect(
      judged([open, done(1)], [{ type: 'restart' }, refused('ANY')], [deposit, done(2)]),
    ).toBeUndefined();
  });

  test('fail for a refusal that nobody meant', () => {
    expect(judged([open, refused('')])).toBe(
      'the answer to "Ann opens account a" was refused, TypeError: x is not a function; the commands before it call for: done at version 1',
    );
  });

  test('fail for an answer that forgets an earlier command', () => {
    expect(judged([open, done(1)], [deposit, done(1)])).toContain('call for: done at version 2');
    expect(judged([open, done(1)], [withdraw, done(2)])).toContain('call for: refused, INSUFFICIENT_FUNDS');
  });
});

describe('observeBank', () => {
  const booted = async (design = checkpointedFeeder) => {
    const effects: Letter[] = [];
    const env: SimulatedEnvironment<Letter> = {
      ...testEnvironment(),
      outside: (effect) => effects.push(effect),
    };
    return { life: await bootBank(design)(env), effects };
  };

  const told = async (life: BankLife, commands: readonly BankCommand[]) => {
    const outcomes: (readonly [BankCommand, Outcome])[] = [];
    for (const [index, command] of commands.entries()) {
      const result = await sendCommand(life, command, { index, attempt: 1 });
      outcomes.push([command, { status: 'acknowledged', result }]);
    }
    await settleBank(life);
    return outcomes;
  };

  test('shows what was promised, what went out, and which events are one batch', async () => {
    const { life, effects } = await booted();
    const outcomes = await told(life, [open, deposit, close]);
    const seen = await observeBank(life, historyOf(outcomes, effects));
    const domain = seen.log.filter(({ system }) => !system);
    expect(domain.map(({ type, command, batch }) => [type, command, batch?.size])).toEqual([
      ['opened', 0, undefined],
      ['deposited', 1, undefined],
      ['withdrawn', 2, 2],
      ['closed', 2, 2],
    ]);
    expect(seen.claims.map(({ events }) => events.map(({ type }) => type))).toEqual([
      ['opened'],
      ['deposited'],
      ['closed'],
    ]);
    expect(seen.published.map(({ effect }) => effect)).toEqual([
      'a welcome letter about account a went out to Ann',
      'a farewell letter about account a went out to Ann',
    ]);
    expect(seen.subscribers.map(({ name, lag }) => [name, lag])).toEqual([
      ['balances', 0],
      ['overview', 0],
      ['letters', 0],
    ]);
  });

  test('counts a letter as handled when it has arrived, whatever the bank says', async () => {
    const { life, effects } = await booted();
    const outcomes = await told(life, [open]);
    const handled = async (arrived: readonly Letter[]) => {
      const { subscribers } = await observeBank(life, historyOf(outcomes, arrived));
      return subscribers.find(({ name }) => name === 'letters')?.handled.has(1);
    };
    expect(await handled(effects)).toBe(true);
    expect(await handled([])).toBe(false);
  });

  test('counts an acknowledged event that the log does not hold as lost', async () => {
    const { life } = await booted();
    await observeBank(life, historyOf([[open, done(1)]]));
    expect(costsOfBank(life)).toMatchObject({ eventsLost: 1, staleModels: 0 });
  });

  test('tells when a bank that was shut down goes on', async () => {
    const { life } = await booted();
    await told(life, [open]);
    await restartBank(life);
    expect(afterStop(life)).toEqual([]);
    const wentOn = life.stopped.map(({ bank, deliveries }) => ({ bank, deliveries: deliveries - 1 }));
    expect(afterStop({ ...life, stopped: wentOn })).toEqual(['1 events were handed to listeners']);
  });

  test('lets its customer try again, and changes nothing by that when all is well', async () => {
    const { life } = await booted(publishAfterSave);
    const outcomes = await told(life, [open, deposit]);
    const attempts = await tryAgain(life, historyOf(outcomes));
    expect(attempts.map(({ did, outcome }) => [did, outcome])).toEqual([
      [
        'the customer sees account a (5.00 in it, version 2) and tries "Ann opens account a" once more',
        { kind: 'nothing-to-do', visible: true },
      ],
      ['tried with the version that is shown (2)', { kind: 'nothing-to-do', visible: true }],
    ]);
    expect((await life.bank.store.readAll()).length).toBe(2);
  });
});
