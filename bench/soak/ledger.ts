/**
 * What is known outside of the process that is killed, and the check of a store against it. Of the log only what is new
 * since the last check is read, and at the end everything once more: so the log may grow as long as it likes.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Environment } from '../../src/environment.js';
import {
  type EventStore,
  isSystemStream,
  openEventStore,
  type RecordedEvent,
} from '../../src/event-store/index.js';
import { numberOf, resumeAfter } from '../../src/event-store/position.js';
import type { Feeder } from '../../src/feeder/index.js';
import { project } from '../../src/read-models/index.js';
import { realEnvironment } from '../../src/real-environment.js';
import { contentOf, type Fed, feed, letters, OPTIONS, openModels } from './work.js';

const PAGE = 5000;

export class Broken extends Error {
  override readonly name = 'Broken';
}

export interface Checked {
  readonly events: number;
  readonly tornTail: boolean;
  readonly openedInMs: number;
  /** How far behind the log the durable model was found. */
  readonly behind: number;
}

export class Ledger {
  /** The position of each acknowledged append, by stream and version. */
  readonly #acknowledged = new Map<string, (number | undefined)[]>();
  #appends = 0;
  /** The log up to the last check. */
  #head = 0;
  #versions = new Map<string, number>();
  #folded = letters('durable').initial;
  #durableAt = 0;

  get appends(): number {
    return this.#appends;
  }

  acknowledge(stream: string, version: number, position: number): void {
    const positions = this.#acknowledged.get(stream) ?? [];
    positions[version] = position;
    this.#acknowledged.set(stream, positions);
    this.#appends++;
  }

  /** Opens what a kill left, holds log and read models against what is known, and closes it. @throws Broken */
  async check(directory: string): Promise<Checked> {
    const env = realEnvironment();
    const began = performance.now();
    const store = await openEventStore(env, `${directory}/log`, OPTIONS);
    const openedInMs = performance.now() - began;
    try {
      const behind = await this.#checkModels(env, store, directory);
      return { events: this.#head, tornTail: store.recovery.tornTail !== undefined, openedInMs, behind };
    } finally {
      await store.close();
    }
  }

  /** Returns how far the durable model was behind the log. */
  async #checkModels(env: Environment, store: EventStore, directory: string): Promise<number> {
    const fed = await openModels(env, directory);
    try {
      const durable = fed.models[0];
      if (durable === undefined) throw new Error('there is no durable model');
      const found = { position: numberOf(durable.position), state: durable.state };
      if (found.position < this.#durableAt) {
        throw new Broken(`the durable model was at ${this.#durableAt}, and is back at ${found.position}`);
      }
      await this.#readOn(store, (position) => {
        if (position === found.position && !isDeepStrictEqual(found.state, this.#folded))
          throw new Broken(`the durable model at ${position} is not the log up to there`);
      });
      const behind = this.#head - found.position;
      await this.#checkAtRest(await feed(env, store, fed), fed);
      this.#durableAt = numberOf(durable.position);
      this.#head = numberOf(store.head());
      return behind;
    } finally {
      for (const model of fed.models) await model.close();
    }
  }

  async #checkAtRest(feeder: Feeder, { models }: Fed): Promise<void> {
    try {
      await feeder.idle();
      for (const { name, state } of models)
        if (!isDeepStrictEqual(state, this.#folded)) throw new Broken(`read model ${name} is stale at rest`);
    } finally {
      await feeder.stop();
    }
  }

  /** Everything once more, from the first event on, and with it all that was ever acknowledged. @throws Broken */
  async checkAll(directory: string): Promise<void> {
    this.#head = 0;
    this.#versions = new Map();
    this.#folded = letters('durable').initial;
    await this.check(directory);
  }

  async #readOn(store: EventStore, after: (position: number) => void): Promise<void> {
    after(this.#head);
    for (;;) {
      const events = await store.readAll({ after: resumeAfter(this.#head), maxCount: PAGE });
      for (const event of events) {
        this.#take(event);
        after(this.#head);
      }
      if (events.length < PAGE) break;
    }
    for (const [stream, positions] of this.#acknowledged) {
      const missing = (this.#versions.get(stream) ?? 0) + 1;
      if (positions.length > missing)
        throw new Broken(`event ${missing} of ${stream} was acknowledged, and is lost`);
    }
  }

  #take({ data, metadata, ...rest }: RecordedEvent): void {
    const { streamName } = metadata;
    const version = Number(metadata.streamPosition);
    const position = Number(metadata.globalPosition);
    if (position <= this.#head) throw new Broken(`event ${position} follows ${this.#head}`);
    this.#head = position;
    if (isSystemStream(streamName)) return;
    const due = (this.#versions.get(streamName) ?? 0) + 1;
    if (version !== due) throw new Broken(`${streamName} has event ${version} where ${due} was due`);
    this.#versions.set(streamName, version);
    if (data !== contentOf(streamName, version))
      throw new Broken(`event ${version} of ${streamName} is not as it was written`);
    const acknowledged = this.#acknowledged.get(streamName)?.[version];
    if (acknowledged !== undefined && acknowledged !== position)
      throw new Broken(
        `event ${version} of ${streamName} was acknowledged at ${acknowledged}, and is at ${position}`,
      );
    const folding = { ...letters('durable'), initial: this.#folded };
    this.#folded = project(folding, [{ data, metadata, ...rest }]);
  }
}
