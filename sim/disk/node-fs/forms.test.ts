/**
 * Each form in which Node takes the arguments of a function of `node:fs`, tried on a real directory and on a simulated one.
 * Both must give the same value, the same callback arguments, or the same error code in the same way: thrown, called back
 * or rejected.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IS_NODE_20 } from '../../testing/differential/differences.js';
import type { Form } from '../../testing/differential/form-outcomes.js';
import { FORMS, NODES_OWN, OTHERWISE_LATER } from '../../testing/differential/forms.js';
import { live } from '../../testing/live.js';

const CONTENT = 'abcdefghijklmnop';

const prepare = (root: string): void => {
  fs.mkdirSync(root);
  fs.writeFileSync(`${root}/f`, CONTENT);
  fs.mkdirSync(`${root}/d`);
  fs.writeFileSync(`${root}/d/a`, 'a');
  fs.symlinkSync('f', `${root}/s`);
};

type Titled = readonly [title: string, form: Form];

/** The outcome of each form, and the contents of its directory afterwards. */
const outcomes = async (forms: readonly Titled[], above: string): Promise<readonly unknown[]> => {
  const told: unknown[] = [];
  for (const [index, [title, form]] of forms.entries()) {
    const root = `${above}/${index}`;
    prepare(root);
    const outcome = await form(root);
    const content = fs.existsSync(`${root}/f`) ? fs.readFileSync(`${root}/f`, 'latin1') : undefined;
    told.push([title, outcome, content, fs.readdirSync(root).length]);
  }
  return told;
};

const onTheRealDisk = async (forms: readonly Titled[]): Promise<readonly unknown[]> => {
  const above = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'powercut-forms-'));
  try {
    return await outcomes(forms, above);
  } finally {
    fs.rmSync(above, { recursive: true });
  }
};

const onTheSimulatedDisk = async (forms: readonly Titled[]): Promise<readonly unknown[]> => {
  let told: readonly unknown[] = ['nothing came of it'];
  const lived = await live(async () => {
    fs.mkdirSync('/above');
    told = await outcomes(forms, '/above');
  });
  expect(lived).toEqual({ error: undefined, failures: [] });
  return told;
};

const functionOf = (title: string): string => title.replace(/\(.*$/, '');

const BY_FUNCTION = new Map<string, Titled[]>();
for (const titled of Object.entries(FORMS)) {
  const name = functionOf(titled[0]);
  BY_FUNCTION.set(name, [...(BY_FUNCTION.get(name) ?? []), titled]);
}

describe('node:fs: each form in which Node takes the arguments', () => {
  const compared = [...BY_FUNCTION].filter(([name]) => IS_NODE_20 || !(name in OTHERWISE_LATER));
  it.each(compared)('of %s', async (_name, forms) => {
    expect(await onTheSimulatedDisk(forms)).toEqual(await onTheRealDisk(forms));
  });

  it('is tried of every function that Node has', () => {
    const functions = (owner: object, prefix: string): string[] =>
      Object.keys(owner)
        .filter((name) => typeof Reflect.get(owner, name) === 'function')
        .map((name) => `${prefix}${name}`);
    const names = [...functions(fs, ''), ...functions(fs.promises, 'promises.')];
    expect(names.filter((name) => !BY_FUNCTION.has(name) && !(name in NODES_OWN))).toEqual([]);
  });
});
