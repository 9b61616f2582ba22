// The position of a mirror: every change of it is one transaction with its effects.

import type { Listing, WebhookEvent } from "../models.js";
import type { Page } from "../pages.js";
import { StaleMirrorError } from "./errors.js";
import type { Snapshot } from "./reading.js";
import type { State, Store } from "./store.js";

const REMEDY = "Call resnapshot().";
const LISTED_MS = 30 * 24 * 3600 * 1000; // the hub lists events for 30 days

export interface Handlers<Transaction> {
  /**
   * Replaces the shop's listings by those of the hub, in the transaction that saves the position. It runs at the first
   * start and in `resnapshot`.
   */
  applySnapshot: (listings: Listing[], transaction: Transaction) => Promise<void> | void;
  /**
   * Applies one event, in the transaction that advances the position. It gets every event, also those of unknown types.
   * If it throws, nothing of it remains, and the same event comes again.
   */
  applyEvent: (event: WebhookEvent, transaction: Transaction) => Promise<void> | void;
}

/** The row `name` of the store, and the handlers that run in its transactions. */
export class Position<Transaction> {
  constructor(
    readonly name: string,
    readonly store: Store<Transaction>,
    readonly handlers: Handlers<Transaction>,
  ) {}

  read(): Promise<State | null> {
    return this.store.read(this.name);
  }

  /**
   * Applies an event if it is the next one. `ahead`: others come before it.
   *
   * `isListed`: the hub's list has no event between the position and this one.
   */
  apply(event: WebhookEvent, isListed: boolean): Promise<"applied" | "duplicate" | "ahead"> {
    return this.store.transact(this.name, async ({ state, ...row }) => {
      if (state === null) return "ahead"; // there is no snapshot yet
      if (isDuplicate(event, state)) return "duplicate";
      if (event.sequence > state.position + 1 && !(isListed && isFirst(state))) return "ahead";
      await this.handlers.applyEvent(event, row.transaction);
      await row.update({ position: event.sequence, eventId: event.id, cursor: state.cursor });
      return "applied";
    });
  }

  /** Applies a page of the hub's list, until `signal` is aborted. Throws StaleMirrorError. */
  async applyPage(page: Page<WebhookEvent>, position: number, signal?: AbortSignal): Promise<void> {
    for (const event of page.data.filter(({ sequence }) => sequence >= position)) {
      if (signal?.aborted) return;
      if ((await this.apply(event, true)) !== "ahead") continue;
      throw new StaleMirrorError(`The hub lists no event between ${position} and ${event.sequence} any more. ${REMEDY}`);
    }
    await this.store.saveCursor(this.name, page.next_cursor);
  }

  /** Applies a snapshot; false if the row is not as it was before the snapshot was read. */
  applySnapshot({ listings, ...mark }: Snapshot, before: State | null): Promise<boolean> {
    return this.store.transact(this.name, async ({ state, ...row }) => {
      if (state?.position !== before?.position) return false;
      if (state !== null) await row.update(mark);
      else if (!(await row.insert(mark))) return false;
      await this.handlers.applySnapshot(listings, row.transaction);
      return true;
    });
  }
}

function isDuplicate(event: WebhookEvent, { position, eventId }: State): boolean {
  if (event.sequence === position && event.id !== eventId) {
    throw new StaleMirrorError(`The hub has another event with sequence ${position}: it was restored. ${REMEDY}`);
  }
  return event.sequence <= position;
}

/** The hub listed no event when the snapshot was read, so the first listed one is next, whatever its number. */
function isFirst({ position, updatedAt }: State): boolean {
  return position === 0 && Date.now() - updatedAt.getTime() < LISTED_MS;
}
