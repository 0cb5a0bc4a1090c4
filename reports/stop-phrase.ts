/** Stop reasons in words: they are data in a result, and text only here. */
import type { StopReason } from '../sim/result/result.js';
import { formatCount, formatNumber } from './format.js';

/** 'depth 2', '2,000 lives a workload', 'an interruption'. */
const stopPhrase = (reason: StopReason): string => {
  switch (reason.kind) {
    case 'depth':
      return `depth ${formatNumber(reason.limit)}`;
    case 'preemptions':
      return `${formatCount(reason.limit, 'preemption')} a schedule`;
    case 'schedules':
      return `${formatCount(reason.limit, 'schedule')} a workload`;
    case 'images':
      return `${formatCount(reason.limit, 'image')} a crash point (sampled)`;
    case 'lives':
      return `${formatCount(reason.limit, 'life', 'lives')} a workload`;
    case 'violation':
      return 'a violation';
    case 'regression':
      return 'a saved failure';
    case 'time':
      return 'time';
    case 'interruption':
      return 'an interruption';
    case 'worker-death':
      return 'the death of a worker';
    case 'suite-failed':
      return 'a failure of the suite itself';
    default:
      return reason satisfies never;
  }
};

/** All of them in one phrase; '' where there is none. */
export const stopPhrases = (reasons: readonly StopReason[]): string => reasons.map(stopPhrase).join(' and ');
