/** 4. Of N appends with the same expected version exactly one succeeds; a rejected append leaves no trace. */
import { firstWrong, fromRule, told } from './rule.js';

export const concurrency = fromRule({
  name: 'concurrency',
  statement:
    'Of several appends with the same expected version exactly one succeeds, and a rejected append leaves no trace.',
  broken: ({ claims, log, races }) => {
    const rejected = new Set(
      claims.flatMap(({ status, command }) => (status === 'rejected' ? [command] : [])),
    );
    const trace = log.find(({ command }) => command !== undefined && rejected.has(command));
    if (trace !== undefined) return `command ${trace.command} was rejected, yet the log holds ${told(trace)}`;
    const logged = new Set(log.map(({ messageId }) => messageId));
    return firstWrong(races, ({ streamName, contenders }) => {
      const winners = contenders.filter(({ succeeded }) => succeeded);
      if (winners.length !== 1) {
        return `${winners.length} of ${contenders.length} appends to ${streamName} that expected the same version succeeded`;
      }
      const loser = contenders.find(({ messageId, succeeded }) => !succeeded && logged.has(messageId));
      return loser && `append ${loser.messageId} to ${streamName} was refused, yet the log holds it`;
    });
  },
});
