/** The words of the pages of the ready-made invariants: what each is for, and what it does not see. */

export interface InvariantText {
  /** What the invariant means for a program. Markdown. */
  readonly about: string;
  /** What it needs beside the observation, and what it does not check. Markdown. */
  readonly notes: string;
}

const ALSO_ACTS =
  'This invariant acts on the system. List it after the invariants that only look, and `usable` last of all.';

/** By name, in the order of the list of pages. */
export const INVARIANT_TEXTS: Readonly<Record<string, InvariantText>> = {
  durability: {
    about: `A client that got an answer relies on it. So an acknowledged event must be in the log after every crash, at the position and with the
data that the answer promised. A command that a crash interrupted is \`unknown\`: its events may be there or not.`,
    notes: `It compares only what the answer said. If an answer contains no position, there is nothing to look for. If it contains no data, the
data is not compared.`,
  },
  atomicity: {
    about: `Events that belong together are written together. After a crash either all of them are in the log or none is. Once a reader has seen
an event, the event stays at its position, also if the client never got an answer.`,
    notes: `Give the events of one batch the same \`batch\` in the log. The suite needs \`observe\` to remember what an earlier life showed.`,
  },
  positions: {
    about: `Readers resume after a position. So positions have no gaps and no repeats, and no event appears below a position that a reader has
already passed. Otherwise a reader that resumes misses that event for good.`,
    notes: `The suite needs \`observe\` to remember what an earlier life showed.`,
  },
  concurrency: {
    about: `Two clients that decide on the same version of a stream must not both succeed. The loser gets an error and leaves no trace, so it can
decide again.`,
    notes: `Send the contenders of a race at the same time, in one command or with several \`clients\`. With no race in the observation, it checks
only that a rejected command left no event.`,
  },
  retry: {
    about: `A client that gets no answer sends its command again. If the first attempt took effect, the second one must return the first result
and change nothing.`,
    notes: `Give it \`resend\`, which sends a command again under its first id, and \`head\`, the last position of the log. ${ALSO_ACTS}`,
  },
  'no-loss': {
    about: `An event that is in the log reaches every listener, or it is parked with a record. The classic fault is a crash between saving an
event and publishing it: after the restart no listener learns of the event.`,
    notes: `It asks when the system is idle, so \`settle\` must wait for delivery. For a handler with effects outside, take its deliveries from
\`history.effects\`: they survive crashes.`,
  },
  order: {
    about: `Each listener gets events in the order of the log. After a restart delivery begins right after the checkpoint. Only events between the
checkpoint and the last delivery may come twice.`,
    notes: `It needs every single delivery of this life, in order. \`observation.recordDeliveries\` records them for \`observation.observeStore\`.`,
  },
  'checkpoint-safety': {
    about: `A checkpoint promises that everything up to it is done. If a crash leaves a checkpoint that is ahead of the work, the work in between is
never done. A volatile read model starts empty, so no checkpoint speaks for it.`,
    notes: `Record in \`boot\` where delivery began (\`start\`) and what was durably done at that moment (\`appliedAtStart\`).`,
  },
  monotonicity: {
    about: `A checkpoint that was shown stays. It goes back only if an operator resets it. A feeder that was replaced by another one of the same
name must stop: its next write is refused.`,
    notes: `The suite needs \`observe\` to remember what an earlier life showed. Stale feeders are noticed if each write names its \`writer\`.`,
  },
  'projection-equality': {
    about: `A read model is a fold over the log. When the system is idle, it must show the same as a fresh fold of the whole log. Otherwise its
users see old data, or numbers that count an event twice.`,
    notes: `Fold the log afresh in \`observe\`, with the program's own projection. The report shows both states side by side.`,
  },
  rest: {
    about: `A system without new events becomes idle. A feeder that takes its own checkpoints for news writes for ever: each checkpoint is an event,
which needs a checkpoint.`,
    notes: `Give it \`settle\` and \`head\`. It settles the system twice and expects no new event. ${ALSO_ACTS}`,
  },
  liveness: {
    about: `Each listener catches up with the log within one simulated minute, once faults have stopped. A wake-up that is lost, a filter that holds
the checkpoint back or a retry without end leaves it behind.`,
    notes: `It reads the \`lag\` of each subscriber when the system is idle, and \`settledAfterMs\` if you fill it in.`,
  },
  'bounded-replay': {
    about: `After a restart, a listener gets at most as many events again as lie between two checkpoints and in flight. Without such a bound, recovery
takes longer with every event.`,
    notes: `It checks subscribers that state a \`replayLimit\`. \`observation.recordDeliveries\` records the deliveries for \`observation.observeStore\`.`,
  },
  'read-your-writes': {
    about: `A client writes, waits until a read model includes the write, and reads. If the wait resolves too early, the client sees old data. A
wait that cannot be met must reject: also on a stop or a timeout.`,
    notes: `Let commands wait, and record in the system how each wait ended and what the model then included.`,
  },
  'fail-loud': {
    about: `A checkpoint that is damaged, belongs to another feeder or names a position beyond the log is an error. A program that starts from the
beginning instead delivers everything again, and hides that data was lost.`,
    notes: `Start the program, or the part that reads the checkpoint, on damaged checkpoints, and record how it answered. The error needs a \`code\`.`,
  },
  isolation: {
    about: `A handler that fails for good has its event parked. Other handlers still get that event, and the handler itself gets the next ones.`,
    notes: `It needs events that a handler fails on: generate a kind of command for them.`,
  },
  'stopped-is-stopped': {
    about: `When a stop has resolved, the program does nothing more: no timer fires, no handler runs, no checkpoint is written. The next process may
already work on the same files.`,
    notes: `Stop a part of the system in a command, wait, and record in the system what still happened.`,
  },
  'published-is-durable': {
    about: `No crash takes back a letter. So an effect on the outside world may only be about an event that no crash can take back. This is the other
side of [no-loss](no-loss.md).`,
    notes: `Report effects with \`env.outside\`. They are in \`history.effects\`, and survive crashes.`,
  },
  usable: {
    about: `A user whose command was interrupted looks at the screen and tries again. The answer must fit what the screen shows: no concurrency error
without another user, and no "nothing to do" for something that is not visible.`,
    notes: `Give it \`tryAgain\`, which acts as that user and changes nothing in a healthy system. ${ALSO_ACTS}`,
  },
};
