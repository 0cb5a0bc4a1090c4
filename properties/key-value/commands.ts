/** The commands of a key-value suite, and which values they allow a key to have. */
import * as fc from 'fast-check';
import type { Attempted } from '../../sim/suite/suite.js';

/** One command of a key-value suite. A value is never set twice. */
export type KeyValueCommand =
  | { readonly type: 'set'; readonly key: string; readonly value: string }
  | { readonly type: 'delete'; readonly key: string };

const COMMANDS_MAX = 3;
const BODY = 'is to be kept. ';

const longValue = (number: number, length: number): string =>
  `value ${number} ${BODY.repeat(Math.ceil(length / BODY.length))}`.slice(0, length);

/** 'value 2': the beginning of a value, by which stories call it. */
export const valueName = (value: string): string => value.split(' ', 2).join(' ');

/** Workloads with at least one value. @param length characters of each value */
export const keyValueCommands = (
  keys: readonly string[],
  length: number,
  deletes: boolean,
): fc.Arbitrary<readonly KeyValueCommand[]> => {
  const isSet = fc.oneof(
    { weight: 3, arbitrary: fc.constant(true) },
    { weight: deletes ? 1 : 0, arbitrary: fc.constant(false) },
  );
  return fc
    .array(fc.record({ key: fc.constantFrom(...keys), isSet }), { minLength: 1, maxLength: COMMANDS_MAX })
    .map((drawn) =>
      drawn.map(
        ({ key, ...one }, index): KeyValueCommand =>
          // A workload that begins with a deletion has nothing to delete.
          one.isSet || index === 0
            ? { type: 'set', key, value: longValue(index + 1, length) }
            : { type: 'delete', key },
      ),
    );
};

export const describeKeyValue = (command: KeyValueCommand): string =>
  command.type === 'delete' ? `delete ${command.key}` : `set ${command.key} to ${valueName(command.value)}`;

/** The values that a key may have now, undefined for none: by the last acknowledged command, or by one after it. */
export const possibleValues = (
  commands: readonly Attempted<KeyValueCommand>[],
  key: string,
): readonly (string | undefined)[] => {
  let possible: readonly (string | undefined)[] = [undefined];
  for (const { command, outcome } of commands) {
    if (command.key !== key) continue;
    const value = command.type === 'set' ? command.value : undefined;
    possible = outcome.status === 'acknowledged' ? [value] : [...possible, value];
  }
  return possible;
};
