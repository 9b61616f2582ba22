// What the mirror reads from the hub. No transaction is open meanwhile.

import type { Client } from "../client.js";
import { InvalidCursorError } from "../error_classes.js";
import type { Listing, WebhookEvent } from "../models.js";
import type { Page } from "../pages.js";
import type { Mark } from "./store.js";

const LIMIT = 100;

/** All listings, and the newest event before they were read. */
export interface Snapshot extends Mark {
  listings: Listing[];
}

/** Reads the position first: events from then on are applied again to listings that have them already. */
export async function readSnapshot(client: Client): Promise<Snapshot> {
  const mark: Mark = { position: 0, eventId: null, cursor: null };
  for await (const page of client.events.list({ limit: LIMIT }).pages()) {
    const last = page.data.at(-1);
    if (last !== undefined) [mark.position, mark.eventId] = [last.sequence, last.id];
    mark.cursor = page.next_cursor;
  }
  const listings: Listing[] = [];
  for await (const listing of client.listings.list({ limit: LIMIT })) listings.push(listing);
  return { ...mark, listings };
}

/** Reads the page of events behind a cursor; if it is empty, waits up to `seconds` for an event. */
export async function readEventPage(client: Client, cursor: string | null, seconds: number): Promise<Page<WebhookEvent>> {
  try {
    return await readFirstPage(client, cursor ?? undefined, seconds);
  } catch (error) {
    // the hub was restored with another secret key; without a cursor, its list begins at the oldest event
    if (error instanceof InvalidCursorError && cursor !== null) return readFirstPage(client, undefined, seconds);
    throw error;
  }
}

async function readFirstPage(client: Client, after: string | undefined, wait: number): Promise<Page<WebhookEvent>> {
  const pages = client.events.list({ limit: LIMIT, after, wait }).pages();
  return ((await pages.next()) as IteratorYieldResult<Page<WebhookEvent>>).value;
}
