import { invariants } from 'powercut';
import { openLog, type Shop, shopSuite } from './shop.js';

/** Reminds the kitchen of an order after a while, until it is stopped. */
interface Reminder {
  readonly remind: (remember: () => void) => void;
  readonly stop: () => void;
}
interface ReminderShop extends Shop {
  readonly openReminder: () => Reminder;
  readonly wait: (ms: number) => Promise<void>;
  readonly afterStop: string[];
}
type Schedule = (delayMs: number, callback: () => void) => () => void;
type Open = (schedule: Schedule) => Reminder;

const REMINDER_MS = 50;

/** Broken: a stop takes no new orders. A timer that runs already still fires. */
const refuseNew: Open = (schedule) => {
  let stopped = false;
  return {
    remind: (remember) => {
      if (!stopped) schedule(REMINDER_MS, remember);
    },
    stop: () => {
      stopped = true;
    },
  };
};

/** Mended: a stop also cancels what runs. */
const cancelAll: Open = (schedule) => {
  const cancels: (() => void)[] = [];
  return {
    remind: (remember) => void cancels.push(schedule(REMINDER_MS, remember)),
    stop: () => {
      for (const cancel of cancels.splice(0)) cancel();
    },
  };
};

const suite = (open: Open) =>
  shopSuite({
    name: 'a reminder fires after the stop',
    boot: async ({ clock, ...env }): Promise<ReminderShop> => ({
      log: await openLog({ clock, ...env }),
      openReminder: () => open((delayMs, callback) => clock.schedule(delayMs, callback)),
      wait: (ms) => new Promise((resolve) => void clock.schedule(ms, resolve)),
      afterStop: [],
    }),
    place: async ({ log, openReminder, wait, afterStop }, item, id) => {
      const reminder = openReminder();
      let isStopped = false;
      reminder.remind(() => {
        if (isStopped) afterStop.push(`the kitchen was reminded of ${item}`);
      });
      const position = await log.append(item, id);
      reminder.stop();
      isStopped = true;
      await wait(2 * REMINDER_MS);
      return { position };
    },
    seen: ({ afterStop }) => ({ afterStop }),
    invariant: invariants.stoppedIsStopped,
  });

export const mended = suite(cancelAll);
export default suite(refuseNew);
