/** Suites that do what no suite should, as text: a counter that syncs, with something hostile in one of its functions. */

export type HostileVerdict = 'holds' | 'violated' | 'undecided' | 'unloadable';

export interface HostileSuite {
  /** Distinct; the suite's name and its file's. */
  readonly name: string;
  /** Statements before the suite is defined. */
  readonly load?: string;
  /** Statements at the start of `boot`. */
  readonly boot?: string;
  /** Statements at the start of `perform`, which may return the result. */
  readonly perform?: string;
  /** Statements at the start of the only invariant, which may return its answer. */
  readonly check?: string;
  /** Further members of the definition; they replace those of the counter. */
  readonly members?: string;
  /** The default export, where it is not the suite; `suite` is in scope. */
  readonly exported?: string;
  readonly verdict: HostileVerdict;
  /** What stderr says of it. */
  readonly says?: string;
}

/** @param library URL of the module that exports `defineSuite` and `fc` */
export const hostileText = (suite: HostileSuite, library: string): string => `
import { defineSuite, fc } from ${JSON.stringify(library)};
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
${suite.load ?? ''};
const suite = defineSuite({
  name: ${JSON.stringify(suite.name)},
  boot: async (env) => {
    ${suite.boot ?? ''};
    return {
      count: async () => (await env.fs.readFile('/count', 'utf8').catch(() => '')).length,
      add: async () => {
        const file = await env.fs.open('/count', 'a');
        await file.write('+');
        await file.sync();
        await file.close();
        const directory = await env.fs.open('/', 'r');
        await directory.sync();
        await directory.close();
      },
    };
  },
  commands: fc.array(fc.constant('add'), { minLength: 1, maxLength: 2 }),
  perform: async (system, command, context) => {
    ${suite.perform ?? ''};
    await system.add();
  },
  invariants: [{
    name: 'counted',
    statement: 'Every acknowledged addition is counted.',
    check: async (history, system) => {
      ${suite.check ?? ''};
      const acknowledged = history.commands.filter(({ outcome }) => outcome.status === 'acknowledged').length;
      const counted = await system.count();
      return counted >= acknowledged ? undefined : \`\${counted} of \${acknowledged}\`;
    },
  }],
  ${suite.members ?? ''}
});
export default ${suite.exported ?? 'suite'};
`;

/** An invariant that is always broken: what such a suite says about it must arrive. */
export const ALWAYS_BROKEN = 'return "always broken"';
