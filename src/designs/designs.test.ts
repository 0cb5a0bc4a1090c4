import { describe, expect, it } from 'vitest';
import { type TestEnvironment, testEnvironment, turns } from '../testing/test-environment.js';
import type { AccountCommand } from './bank/account.js';
import type { BankSystem, DesignName } from './bank/bank-system.js';
import type { Letter } from './bank/letters.js';
import { designs } from './index.js';

const names = Object.keys(designs) as DesignName[]; // the keys of that record are its names
const safe = names.filter((name) => name !== 'publish-after-save');

const open: AccountCommand = { type: 'open', account: 'a', owner: 'Ann' };
const deposit: AccountCommand = { type: 'deposit', account: 'a', cents: 500 };
const close: AccountCommand = { type: 'close', account: 'a' };

/** One life of a bank on a disk that outlives it. Letters add up over all lives. */
const boot = async (name: DesignName, env: TestEnvironment = testEnvironment(), letters: Letter[] = []) => {
  const bank = await designs[name](env, { post: (letter) => void letters.push(letter) });
  return { bank, env, letters, reboot: () => boot(name, env.reboot(), letters) };
};

const expectFresh = async (bank: BankSystem): Promise<void> => {
  await bank.idle();
  for (const { state, fresh } of await bank.readModels()) expect(state).toEqual(fresh);
};

describe.each(names)('designs: the bank by %s', (name) => {
  it('shows what was done, and posts the letters', async () => {
    const { bank, letters } = await boot(name);
    expect(await bank.execute(open)).toMatchObject({ kind: 'done', version: 1 });
    expect(await bank.execute(deposit)).toMatchObject({ kind: 'done', version: 2 });
    expect(await bank.view('a')).toEqual({
      account: { owner: 'Ann', status: 'open', cents: 500, version: 2 },
      version: 2,
    });
    expect(await bank.execute(close)).toMatchObject({ kind: 'done', version: 4 });
    await expectFresh(bank);
    expect(letters.map(({ about }) => about)).toEqual(['welcome', 'farewell']);
    expect(bank.costs()).toMatchObject({ eventsReread: 0, lettersPosted: 2 });
  });

  it('has nothing to do for what is so already, and refuses what it must', async () => {
    const { bank } = await boot(name);
    await bank.execute(open);
    expect(await bank.execute(open)).toEqual({ kind: 'nothing-to-do', version: 1 });
    await expect(bank.execute({ ...open, owner: 'Bob' })).rejects.toMatchObject({ code: 'ACCOUNT_TAKEN' });
    await expect(bank.execute({ type: 'withdraw', account: 'a', cents: 1 })).rejects.toMatchObject({
      code: 'INSUFFICIENT_FUNDS',
    });
    expect((await bank.store.readStream('account-a')).currentStreamVersion).toBe(1n);
  });

  it('refuses a command that was meant for another version of the account', async () => {
    const { bank } = await boot(name);
    await bank.execute(open, { seenVersion: 0 });
    await expect(bank.execute(deposit, { seenVersion: 0 })).rejects.toMatchObject({
      code: 'EXPECTED_VERSION_CONFLICT',
    });
    await bank.execute(deposit, { seenVersion: (await bank.view('a')).version });
    expect((await bank.view('a')).account?.cents).toBe(500);
  });

  it('answers a request that is sent again as it did the first time', async () => {
    const { bank, reboot } = await boot(name);
    const first = await bank.execute(open, { commandId: 'c0', seenVersion: 0 });
    await bank.execute(deposit, { commandId: 'c1' });
    expect(await bank.execute(open, { commandId: 'c0', seenVersion: 0 })).toEqual(first);
    const { bank: next } = await reboot();
    expect(await next.execute(open, { commandId: 'c0', seenVersion: 0 })).toEqual(first);
    expect((await next.store.readStream('account-a')).currentStreamVersion).toBe(2n);
  });

  it('is fresh after a clean shutdown, and posts no letter twice', async () => {
    const first = await boot(name);
    await first.bank.execute(open);
    await first.bank.execute(deposit);
    await first.bank.idle();
    await first.bank.stop();
    const { bank, letters } = await first.reboot();
    await expectFresh(bank);
    expect((await bank.view('a')).account?.cents).toBe(500);
    expect(letters).toHaveLength(1);
    expect(bank.listeners().find((listener) => listener.name === 'balances')?.delivered).toEqual([]);
    await bank.execute(close);
    await expectFresh(bank);
    expect(letters.map(({ about }) => about)).toEqual(['welcome', 'farewell']);
  });

  it('takes no command after stop, and does nothing more', async () => {
    const { bank, letters } = await boot(name);
    await bank.execute(open);
    await bank.stop();
    await bank.stop();
    const posted = letters.length;
    await expect(bank.execute(deposit)).rejects.toMatchObject({ code: 'BANK_STOPPED' });
    await turns();
    expect(letters).toHaveLength(posted);
  });

  it('keeps accounts of any name apart', async () => {
    const { bank, reboot } = await boot(name);
    for (const account of ['__proto__', 'constructor', 'ä/..$']) await bank.execute({ ...open, account });
    expect((await bank.view('toString')).account).toBeUndefined();
    expect((await bank.view('__proto__')).account?.owner).toBe('Ann');
    await bank.stop();
    const { bank: next } = await reboot();
    await expectFresh(next);
    expect((await next.view('__proto__')).account?.owner).toBe('Ann');
  });

  it('goes on when a letter can not be posted, and parks it', async () => {
    const env = testEnvironment();
    const bank = await designs[name](env, { post: () => Promise.reject(new Error('no stamps')) });
    await bank.execute(open);
    await bank.execute(deposit);
    await expectFresh(bank);
    expect(await bank.parked()).toEqual([{ subscriber: 'letters', position: 1 }]);
    expect(env.marks).toContain('bus:event-parked');
  });

  it('decides commands that come at the same time one after the other', async () => {
    const { bank } = await boot(name);
    await bank.execute(open);
    await Promise.all(Array.from({ length: 8 }, () => bank.execute(deposit)));
    await expectFresh(bank);
    expect((await bank.view('a')).account?.cents).toBe(8 * 500);
  });
});

/** The store has an event that no listener of that life heard of: the power failed between save and publish. */
const saveWithoutPublish = async (name: DesignName) => {
  const env = testEnvironment();
  const letters: Letter[] = [];
  const held = await designs[name](env, {
    // The power fails while the letter is being posted: nothing after that happens in this life.
    post: () => new Promise<void>(() => {}),
  });
  void held.execute(open, { commandId: 'c0' }).catch(() => {});
  await turns();
  return await boot(name, env.reboot(), letters);
};

describe.each(safe)('designs: after a crash between save and publish, %s', (name) => {
  it('shows the user what was saved, posts the letter, and takes the next command', async () => {
    const { bank, letters } = await saveWithoutPublish(name);
    await expectFresh(bank);
    expect((await bank.view('a')).version).toBe(1);
    expect(letters).toHaveLength(1);
    expect(await bank.execute(deposit, { seenVersion: 1 })).toMatchObject({ kind: 'done', version: 2 });
  });

  it('does so again after a crash during that', async () => {
    const env = testEnvironment();
    const first = await boot(name, env);
    await first.bank.execute(open);
    for (let life = 0; life < 3; life++) {
      const never = designs[name](env.reboot(), { post: () => new Promise<void>(() => {}) });
      void never.catch(() => {});
      await turns();
    }
    const { bank } = await boot(name, env.reboot());
    await expectFresh(bank);
  });
});

describe('designs: after a crash between save and publish, publish-after-save', () => {
  it('shows old data, and tells a user who tries again that there is nothing to do', async () => {
    const { bank, letters } = await saveWithoutPublish('publish-after-save');
    await bank.idle();
    expect(await bank.view('a')).toEqual({ account: undefined, version: 0 });
    expect(await bank.execute(open)).toEqual({ kind: 'nothing-to-do', version: 1 });
    expect(await bank.view('a')).toEqual({ account: undefined, version: 0 });
    expect(letters).toEqual([]);
  });

  it('refuses the version that it shows', async () => {
    const { bank } = await saveWithoutPublish('publish-after-save');
    const { version } = await bank.view('a');
    await expect(bank.execute(open, { seenVersion: version })).rejects.toMatchObject({
      code: 'EXPECTED_VERSION_CONFLICT',
    });
  });

  it('counts a repeat of the same request as done, and still shows old data', async () => {
    const { bank } = await saveWithoutPublish('publish-after-save');
    expect(await bank.execute(open, { commandId: 'c0' })).toEqual({ kind: 'done', version: 1, position: 1 });
    expect((await bank.view('a')).account).toBeUndefined();
  });
});
