/**
 * A disk on which one call takes effect at a time, in the order in which they were made, and the next begins only when
 * the program has nothing else to do. So a real disk and a simulated one get the same calls in the same order.
 */
import { type Clock, type FileSystem, sleep } from '../../../src/environment.js';

type Call = (...args: unknown[]) => unknown;

/** Lets one call after the other have its turn. */
type Turns = (call: Call, owner: object, args: readonly unknown[]) => Promise<unknown>;

const inTurn = (clock: Clock, begun: (call: Promise<unknown>) => void): Turns => {
  let last: Promise<unknown> = Promise.resolve();
  return (call, owner, args) => {
    const begin = (): Promise<unknown> => {
      const promise = Reflect.apply(call, owner, args) as Promise<unknown>; // all functions of fs.promises give one
      begun(promise);
      return promise;
    };
    const result = last.then(() => sleep(clock, 0)).then(begin);
    last = result.catch(() => {}); // the caller gets the error, and the next call still has its turn
    return result;
  };
};

/** `owner`, whose functions wait for their turn. Their results go through `wrap`. */
const waiting = (owner: object, turns: Turns, wrap: (result: unknown) => unknown): object =>
  new Proxy(owner, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => turns(member as Call, target, args).then(wrap); // just seen to be one
    },
  });

const isHandle = (result: unknown): result is object =>
  typeof result === 'object' && result !== null && 'datasync' in result;

/**
 * `fs`, one call at a time.
 * @param clock must move only when the program is idle and no call is pending
 * @param begun called when a call begins
 */
export const oneAtATime = (
  fs: FileSystem,
  clock: Clock,
  begun: (call: Promise<unknown>) => void = () => {},
): FileSystem => {
  const turns = inTurn(clock, begun);
  const handles = (result: unknown): unknown =>
    isHandle(result) ? waiting(result, turns, (inner) => inner) : result;
  return waiting(fs, turns, handles) as FileSystem; // the same functions, which returned a promise before
};
