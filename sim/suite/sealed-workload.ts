/** Workloads as the explorers use them: JSON, and out of reach of programs and checks. */
import { findNotJson, frozenJson, notJsonPhrase } from './assert-json.js';
import type { Json, Suite } from './suite.js';
import { suiteError } from './suite-registry.js';

/**
 * A frozen workload: changes of a program or a check to a command must reach neither the history nor the shrinker.
 * @throws SimulatorError 'COMMAND_NOT_JSON', naming the place and the value
 */
export const sealed = (suite: Suite, workload: readonly Json[]): readonly Json[] => {
  const found = findNotJson(workload);
  if (found === undefined) return workload.map(frozenJson);
  throw suiteError(
    suite,
    'COMMAND_NOT_JSON',
    `generated a command that is not JSON: ${notJsonPhrase(found)}. ` +
      'Commands travel in tokens, so use only null, booleans, finite numbers, strings, arrays and plain objects',
  );
};
