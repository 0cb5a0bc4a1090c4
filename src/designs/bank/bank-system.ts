/**
 * What the six designs have in common: one small bank, seen from outside.
 *
 * The application (accounts, two read models, letters to customers) is the same in all of them; only the way
 * from the store to the listeners differs. So whatever differs in what they show is the design's doing.
 *
 * Everything here that is not the store itself is plain JSON-shaped data. Positions are numbers: 1 is the
 * first event of the log (or of a stream), 0 stands before it.
 */
import type { Environment } from '../../environment.js';
import type { Json } from '../../event-store/event.js';
import type { EventStore } from '../../event-store/event-store.js';
import type { DecodedEvents } from '../../event-store/read/decoded-event-cache.js';
import type { Projection } from '../../read-models/projection.js';
import type { AccountCommand } from './account.js';
import type { AccountRow } from './balances.js';
import type { Letter } from './letters.js';

export type DesignName =
  | 'publish-after-save'
  | 'rebuild-on-dirty-start'
  | 'sync-on-start'
  | 'one-transaction'
  | 'listener-positions'
  | 'checkpointed-feeder';

export interface BankOptions {
  /** Where all files of the bank live. Default: '/data'. */
  readonly directory?: string;
  /** Bytes a segment of the log holds. Default: 16 KiB, so that a simulated disk stays small. */
  readonly segmentBytes?: number;
  /** Where the store keeps decoded events. Default: nowhere. */
  readonly decoded?: DecodedEvents;
  /**
   * Posts a letter: the outside effect. Called at least once for each letter there is to post, and after a
   * crash perhaps again with an equal letter, whose `key` is by what the receiver tells a repeat.
   */
  readonly post: (letter: Letter) => Promise<void> | void;
}

/** One life of a bank, from boot on: its design is all that may differ. */
export type BankDesign = (env: Environment, options: BankOptions) => Promise<BankSystem>;

export interface ExecuteOptions {
  /**
   * The identity of the request. A client that does not know how its request ended sends it again under the
   * same id, and gets the first result. A user who tries again by hand makes a new request. Default: a new one.
   */
  readonly commandId?: string;
  /**
   * The version of the account that the user saw in the read model. If the account is at another by now, the
   * command is refused with ExpectedVersionConflictError. Without it the command is decided as things stand.
   */
  readonly seenVersion?: number;
}

export type CommandResult =
  /** `version` of the account's stream and `position` in the log of the last event the command made. */
  | { readonly kind: 'done'; readonly version: number; readonly position: number }
  /** The account already is as the command wants it. */
  | { readonly kind: 'nothing-to-do'; readonly version: number };

/** What a user sees of an account: the row of the read model, and the version to send with the next command. */
export interface AccountView {
  readonly account: AccountRow | undefined;
  /** 0 for an account that the read model does not know. */
  readonly version: number;
}

export type Durability = 'durable' | 'volatile';

export interface ReadModelReport {
  readonly name: string;
  /** 'durable': the state survives a restart. 'volatile': each life rebuilds it from the log. */
  readonly durability: Durability;
  readonly state: Json;
  /** The last event that the state includes. */
  readonly position: number;
  /** The same projection, folded over the whole log just now. */
  readonly fresh: Json;
}

export interface ListenerReport {
  readonly name: string;
  /** 'outside': its work is effects on the outside world, which no power cut takes back. */
  readonly durability: Durability | 'outside';
  /** Delivery in this life began right after this position. */
  readonly startedAfter: number;
  /** What the listener, or the design for it, had durably recorded as handled when this life began. 0: nothing. */
  readonly durableAtStart: number;
  /** The positions handed to it in this life, in order, repeats included. */
  readonly delivered: readonly number[];
}

export interface CheckpointReport {
  readonly feeder: string;
  /** The durable checkpoint as this life found it. */
  readonly atStart: number;
  /** The durable checkpoint now. */
  readonly now: number;
}

/** An event that one listener gave up on, as its durable record has it. */
export interface ParkedReport {
  readonly subscriber: string;
  readonly position: number;
}

/** What this life has cost so far. */
export interface BankCosts {
  /** Events that were in the log at boot and were handed to a durable listener or to the letters again. */
  readonly eventsReread: number;
  /** The same for the volatile listener: the whole log, in every design. */
  readonly eventsRereadVolatile: number;
  readonly checkpointWrites: number;
  /** Durable writes of a read model's (or a listener's) own file. */
  readonly stateWrites: number;
  readonly lettersPosted: number;
}

/** Folds all events of the log but the system's. */
export type Fold = <State extends Json>(projection: Projection<State>) => State;

export interface BankSystem {
  readonly design: DesignName;
  readonly store: EventStore;
  /**
   * Decides a command and saves its events; resolves once they are durable and, where the design says so,
   * handled by every listener.
   * @throws ExpectedVersionConflictError the account is not at the version the user saw
   * @throws CommandRejectedError the bank refuses; nothing was saved
   */
  execute(command: AccountCommand, options?: ExecuteOptions): Promise<CommandResult>;
  /**
   * What a user sees now. Where listeners lag behind the log, it waits until they have what was durable at the
   * call, so that no user sees less than was acknowledged.
   */
  view(account: string): Promise<AccountView>;
  /** Each read model as it is. For the fresh fold it reads the whole log, unless it is given what folds it. */
  readModels(fold?: Fold): Promise<readonly ReadModelReport[]>;
  listeners(): readonly ListenerReport[];
  /** The feeder's durable checkpoint; undefined in a design without one. */
  checkpoint(): CheckpointReport | undefined;
  parked(): Promise<readonly ParkedReport[]>;
  costs(): BankCosts;
  /** Resolves when nothing is left to do. */
  idle(): Promise<void>;
  /** A clean shutdown: no effect of any kind after it has resolved. A second call does nothing. */
  stop(): Promise<void>;
}
