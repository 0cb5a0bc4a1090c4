/**
 * The whole surface of the runtime against a table: every name of every builtin module, of the process and of the global object
 * is refused in a life, served by it, or the same anywhere. A name that a new version of Node brings fails here until
 * somebody has said which. (`node:fs` has a test of its own.)
 */
import { readFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { types } from 'node:util';
import { describe, expect, it } from 'vitest';
import { testLife } from '../testing/guarded-life.js';
import { installGuard } from './guard.js';

type Kind = 'refused' | 'served' | 'plain';
type Table = Readonly<Record<string, Readonly<Record<Kind, string>>>>;

const TABLE = JSON.parse(readFileSync(new URL('fixtures/surface.json', import.meta.url), 'utf8')) as Table; // written as that

const guard = installGuard();
const require = createRequire(import.meta.url);

/** No effects by themselves, internal, or tested elsewhere. */
const PASSED_OVER = /^(node:)?(_|sys$|internal|fs|constants$|path|util\/types|assert|test\/reporters)/;
const OF_FUNCTIONS = new Set(['length', 'name', 'prototype', 'arguments', 'caller']);
/** Helpers of compilers, and of the runner of these tests. */
const OF_TOOLS = /^__|vitest|VITEST/;

const load = (name: string): unknown => require(name.startsWith('node:') ? name : `node:${name}`);

const owners: readonly (readonly [string, object])[] = [
  ...builtinModules
    .filter((name) => !PASSED_OVER.test(name) && name !== 'process')
    .map((name) => [name, Object(load(name))] as const),
  ['process', process],
  ['globalThis', globalThis],
];

const namesOf = (owner: object): readonly string[] =>
  Object.getOwnPropertyNames(owner).filter(
    (name) => !(typeof owner === 'function' && OF_FUNCTIONS.has(name)) && !OF_TOOLS.test(name),
  );

const listed = (module: string, kind: Kind): readonly string[] => TABLE[module]?.[kind].split(' ') ?? [];

/** Called without arguments, with `new` where it can't be called without. */
const call = (owner: object, name: string): unknown => {
  const run: unknown = Reflect.get(owner, name);
  try {
    return Reflect.apply(Object(run), owner, []);
  } catch (error) {
    if (Reflect.get(Object(error), 'code') === 'UNCONTROLLED_EFFECT') throw error;
    return Reflect.construct(Object(run), []);
  }
};

describe.each(owners)('installGuard: %s', (module, owner) => {
  it('has no name of which nobody has said what becomes of it in a life', () => {
    const known = new Set((['refused', 'served', 'plain'] as const).flatMap((kind) => listed(module, kind)));
    expect(namesOf(owner).filter((name) => !known.has(name))).toEqual([]);
  });

  it('refuses what is to be refused', async () => {
    for (const name of namesOf(owner).filter((one) => listed(module, 'refused').includes(one))) {
      const error: unknown = await testLife(1)
        .run(guard, () => call(owner, name))
        .catch((thrown: unknown) => thrown);
      expect([name, Reflect.get(Object(error), 'code')]).toEqual([name, 'UNCONTROLLED_EFFECT']);
    }
  });

  it('serves what is to be served: what answers is not the original', () => {
    for (const name of namesOf(owner).filter((one) => listed(module, 'served').includes(one)))
      expect([name, types.isProxy(Reflect.get(owner, name))]).toEqual([name, true]);
  });
});
