/** Events as a program writes them, and as the store gives them back. Plain immutable data. */

/** What JSON can hold. Event data and metadata are JSON: they outlive the program that wrote them. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

declare const streamVersionBrand: unique symbol;
declare const globalPositionBrand: unique symbol;

/**
 * The position of an event in its stream: 1 for the first. The version of a stream is the position of its last
 * event, 0 when it has none. Branded, so that it can't be taken for a {@link GlobalPosition}.
 */
export type StreamVersion = bigint & { readonly [streamVersionBrand]: true };

/**
 * The position of an event in the whole log: 1 for the first event ever appended. Contiguous: there are no gaps, but for
 * events of system streams that compaction has dropped.
 */
export type GlobalPosition = bigint & { readonly [globalPositionBrand]: true };

/** Brands a whole number as a stream version. */
export const streamVersion = (value: bigint | number): StreamVersion => BigInt(value) as StreamVersion; // branding is a claim, made here only
/** Brands a whole number as a global position. */
export const globalPosition = (value: bigint | number): GlobalPosition => BigInt(value) as GlobalPosition; // branding is a claim, made here only

/** The position before the first event, for readers and checkpoints. Not 0, which no event has. */
export const BEGINNING = 'BEGINNING';
/** A position to resume after: that of an event, or the one before the first. */
export type Resume = GlobalPosition | typeof BEGINNING;

/**
 * An event as a program knows it. A program names its events as a union of these, and the store carries the type through:
 * `type OrderEvent = Event<'placed', Order> | Event<'shipped', { readonly order: string }>`.
 *
 * Data must be JSON, which the store checks when it is appended: no type can hold an interface to it.
 */
export interface Event<Type extends string = string, Data = Json> {
  readonly type: Type;
  readonly data: Data;
}

/** Any event at all. */
export type AnyEvent = Event<string, unknown>;

/** By what an event is known, and which others it belongs to. All of it is optional. */
export interface EventIds {
  /** The identity of the event: it distinguishes a repeated append from a new one. Default: the store draws one. */
  readonly messageId?: string;
  readonly correlationId?: string;
  readonly causationId?: string;
}

/** An event as a program hands it to the store. */
export type EventData<E extends AnyEvent = Event> = E & EventIds;

/** What the store records beside an event: its identity, its positions, and what caused it. */
export interface RecordedEventMetadata {
  readonly messageId: string;
  readonly streamName: string;
  readonly streamPosition: StreamVersion;
  readonly globalPosition: GlobalPosition;
  readonly correlationId?: string;
  readonly causationId?: string;
}

/** An event as the store recorded it. */
export type RecordedEvent<E extends AnyEvent = Event> = E & { readonly metadata: RecordedEventMetadata };

/** Streams whose name starts with it belong to the system: checkpoints, parked events. They are never fed to a bus. */
export const SYSTEM_PREFIX = '$';

/** Whether a stream belongs to the store and its feeders, such as those of checkpoints. O(1). */
export const isSystemStream = (streamName: string): boolean => streamName.startsWith(SYSTEM_PREFIX);
