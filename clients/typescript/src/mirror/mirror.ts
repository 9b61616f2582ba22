// The mirror: applies every event of the hub exactly once and in order, in transactions of the shop's own database.

import type { Client } from "../client.js";
import { isRetryable, sleep } from "../retries.js";
import { constructEvent, type HeaderRecord, type RawBody } from "../webhooks.js";
import { EventNotListedError, SnapshotOutdatedError } from "./errors.js";
import { type Handlers, Position } from "./position.js";
import { readEventPage, readSnapshot } from "./reading.js";
import type { State, Store } from "./store.js";

const POLL_SECONDS = 25;
const ATTEMPTS = 5;

export interface MirrorOptions<Transaction> extends Handlers<Transaction> {
  client: Client;
  /** `sqliteStore(…)` or `postgresStore(…)`. */
  store: Store<Transaction>;
  /** The secret of the webhook endpoint, or several during a rotation. Polling needs none. */
  secret?: string | readonly string[];
  /** The name of the mirror's row; by default the mode of the API key, `test` or `live`. */
  name?: string;
}

/** `duplicate`: the event took effect before. `ignored`: it is not of the API key's mode. */
export type Outcome = "applied" | "duplicate" | "ignored";

/**
 * A copy of a dealer's data that takes every event exactly once and in the order of `sequence`.
 *
 * Deliveries may be lost, repeated or reordered, and several processes may share the database: a gap is filled from
 * `GET /events`. No request is sent while the row is locked. All methods throw StatusError and ApiConnectionError of the
 * hub, the errors of the database, and those of the handlers.
 */
export class Mirror<Transaction> {
  readonly #options: MirrorOptions<Transaction>;
  #connecting: Promise<Connection<Transaction>> | null = null;
  #catchingUp: Promise<void> | null = null;

  constructor(options: MirrorOptions<Transaction>) {
    this.#options = options;
  }

  /**
   * Verifies a delivery and applies its event, after those before it.
   *
   * Respond with 2xx when it resolves, with 400 to SignatureError and PayloadError, and with 500 to other errors: the
   * hub delivers the event again. Throws StaleMirrorError and EventNotListedError, and TypeError without a secret.
   */
  async receive(body: RawBody, headers: Headers | HeaderRecord): Promise<Outcome> {
    const event = constructEvent(body, headers, this.#options.secret ?? []);
    const { position, livemode } = await this.#connect();
    if (event.livemode !== livemode) return "ignored";
    const outcome = await position.apply(event, false);
    if (outcome !== "ahead") return outcome;
    await this.#catchUpTo(event.sequence);
    return "applied";
  }

  /**
   * Applies all events after the position; the first call takes the snapshot. Call it when the shop starts.
   *
   * Throws StaleMirrorError.
   */
  async catchUp(): Promise<void> {
    // deliveries that arrive at the same time share the requests
    this.#catchingUp ??= this.#applyAllPages().finally(() => (this.#catchingUp = null));
    await this.#catchingUp;
  }

  /**
   * Applies events as they happen, without webhooks (long polling), until `signal` is aborted.
   *
   * While the hub does not respond, it sends a request every `retrySeconds`. Throws StaleMirrorError.
   */
  async poll(signal: AbortSignal, retrySeconds = 5): Promise<void> {
    while (!signal.aborted) {
      await this.#applyNextPage(POLL_SECONDS, signal).catch(async (error: unknown) => {
        if (!isRetryable(error)) throw error;
        await sleep(retrySeconds);
      });
    }
  }

  /** Reads all listings again, for example after StaleMirrorError. Throws SnapshotOutdatedError. */
  async resnapshot(): Promise<void> {
    const { position } = await this.#connect();
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (await this.#takeSnapshot(await position.read())) return this.catchUp();
    }
    throw new SnapshotOutdatedError("Events were applied while the listings were read. Call resnapshot() again.");
  }

  /** Reads the list until it has this event. A catch-up that had already begun may end before it. */
  async #catchUpTo(sequence: number): Promise<void> {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await this.catchUp();
      if ((await this.#requireState()).position >= sequence) return;
    }
    throw new EventNotListedError(`The hub delivered event ${sequence}, but does not list it yet.`);
  }

  async #applyAllPages(): Promise<void> {
    while (await this.#applyNextPage(0));
  }

  /** Returns whether the hub has more pages. */
  async #applyNextPage(seconds: number, signal?: AbortSignal): Promise<boolean> {
    const { position } = await this.#connect();
    const state = await this.#requireState();
    const page = await raceAbort(readEventPage(this.#options.client, state.cursor, seconds), signal);
    if (page === null) return false;
    await position.applyPage(page, state.position, signal);
    return page.has_more;
  }

  /** Reads the row, after the first snapshot. */
  async #requireState(): Promise<State> {
    const { position } = await this.#connect();
    for (;;) {
      const state = await position.read();
      if (state !== null) return state;
      await this.#takeSnapshot(null);
    }
  }

  async #takeSnapshot(before: State | null): Promise<boolean> {
    const { position } = await this.#connect();
    return position.applySnapshot(await readSnapshot(this.#options.client), before);
  }

  #connect(): Promise<Connection<Transaction>> {
    this.#connecting ??= connect(this.#options).catch((error: unknown) => {
      this.#connecting = null; // the next call connects again
      throw error;
    });
    return this.#connecting;
  }
}

interface Connection<Transaction> {
  position: Position<Transaction>;
  livemode: boolean;
}

/** Finds the mode of the API key, and creates the table. */
async function connect<Transaction>(options: MirrorOptions<Transaction>): Promise<Connection<Transaction>> {
  const { mode } = await options.client.integration.getMe();
  await options.store.createTable();
  return { position: new Position(options.name ?? mode, options.store, options), livemode: mode === "live" };
}

/** Resolves to null as soon as the signal is aborted. */
async function raceAbort<Result>(result: Promise<Result>, signal?: AbortSignal): Promise<Result | null> {
  if (signal === undefined) return result;
  let stop = (): void => undefined;
  const aborted = new Promise<null>((resolve) => {
    stop = () => resolve(null);
    signal.addEventListener("abort", stop);
  });
  return Promise.race([result, aborted]).finally(() => signal.removeEventListener("abort", stop));
}
