import dns from 'node:dns';
import { describe, expect, it } from 'vitest';
import type { SuiteResult } from '../../result/result.js';
import type { SimulatedEnvironment } from '../../suite/suite.js';
import { exploreProgram } from '../../testing/programs.js';

const refused = (): never => {
  new BroadcastChannel('news');
  throw new Error('It was not refused.');
};

const written = async ({ fs }: SimulatedEnvironment): Promise<void> => {
  const file = await fs.open('/file', 'w');
  await file.writeFile('x');
  await file.sync();
  await file.close();
};

const brokenRules = ({ violations }: SuiteResult): readonly string[] =>
  violations.map(({ invariant }) => invariant);

describe('exploreSuite: a refusal that the program catches', () => {
  it('is one note with its place, however many lives met it', async () => {
    const { verdict, notes } = await exploreProgram({
      boot: async (env) => {
        try {
          refused();
        } catch {
          await written(env);
        }
        return env;
      },
      perform: written,
    });
    expect(verdict).toBe('holds');
    expect(notes).toEqual([
      {
        code: 'REFUSAL_CAUGHT',
        message: expect.stringMatching(
          /^BroadcastChannel was refused at sim\/explore\/counting\/notes\.test\.ts:\d+:\d+\. The program caught the error and ran without it\. To use it under simulation, /,
        ),
      },
    ]);
  });

  it('is a note where the command is then rejected with an error of its own', async () => {
    const result = await exploreProgram({
      perform: () => {
        try {
          refused();
        } catch {
          throw new Error('Channels are not supported here.');
        }
      },
    });
    expect(brokenRules(result)).toEqual([]);
    expect(result.notes).toHaveLength(1);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['fetch', () => fetch('http://localhost/')],
    ['dns.promises.lookup', () => dns.promises.lookup('localhost')],
    ['crypto.subtle.generateKey', () => crypto.subtle.generateKey('Ed25519', true, ['sign'])],
  ])('is a rejected promise where %s returns one', async (name, ask) => {
    const probing = await exploreProgram({
      perform: (env) => written(env).then(() => void ask().catch(() => {})),
    });
    expect(probing).toMatchObject({ verdict: 'holds', notes: [{ code: 'REFUSAL_CAUGHT' }] });
    expect(probing.notes[0]?.message).toContain(`${name} was refused at `);
    expect(brokenRules(await exploreProgram({ perform: () => void ask() }))).toEqual(['controlled']);
  });

  it('is not told of a program that was refused nothing', async () => {
    expect(await exploreProgram({ perform: written })).toMatchObject({ notes: [] });
  });
});

describe('exploreSuite: a refusal that ends up unhandled is a violation', () => {
  const wrapped = (): never => {
    try {
      return refused();
    } catch (cause) {
      throw new Error('No channel.', { cause });
    }
  };
  const together = (): never => {
    try {
      return refused();
    } catch (error) {
      throw new AggregateError([new Error('first'), error], 'No channel by either way.');
    }
  };

  it.each([
    ['rejects the command', { perform: refused }],
    ['rejects the command, as the cause of another error', { perform: wrapped }],
    ['rejects the command, among others', { perform: together }],
    ['is the reason why settling fails', { settle: refused }],
    ['rejects a promise that nobody handles', { perform: () => void Promise.reject(wrapped).catch(refused) }],
  ])('where it %s', async (_case, parts) => {
    const result = await exploreProgram(parts);
    expect(brokenRules(result)).toContain('controlled');
    const { message } = result.violations.find(({ invariant }) => invariant === 'controlled') ?? {};
    expect(message).toMatch(
      /^It used BroadcastChannel at sim\/explore\/counting\/notes\.test\.ts:\d+:\d+, which the/,
    );
    expect(result.notes.map(({ code }) => code)).not.toContain('REFUSAL_CAUGHT');
  });

  it('where it keeps the program from starting again', async () => {
    const result = await exploreProgram({
      boot: async (env) => {
        const isThere = await env.fs.readFile('/file').then(
          () => true,
          () => false,
        );
        if (isThere) refused();
        await written(env);
        return env;
      },
    });
    expect(brokenRules(result)).toEqual(expect.arrayContaining(['controlled', 'recovers']));
  });
});
