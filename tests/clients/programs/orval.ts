// A dealer's program on the functions that orval writes: `shop` places an order, `events` and `parse FILE` read events.

import { readFileSync } from "node:fs";

import { cancelOrder, createOrder, listEvents, listListings, type OrderInput, type WebhookEvent } from "./hub";

async function shop(): Promise<object> {
  const page = await listListings({ status: "in_stock", limit: 1 });
  if (page.status !== 200) throw new Error(`Unexpected status ${page.status}`);
  const listing = required(page.data.data[0]);
  const body: OrderInput = { items: [{ listing_id: listing.id }], customer: { email: "buyer@shop.example" } };
  const once = { headers: { "Idempotency-Key": crypto.randomUUID() } };
  const created = await createOrder(body, once);
  if (created.status !== 201) throw new Error(`Unexpected status ${created.status}`);
  const order = created.data;
  const again = await createOrder(body, once);
  const fresh = { headers: { "Idempotency-Key": crypto.randomUUID() } };
  const failed = await createOrder(body, fresh);
  if (failed.status !== 409) throw new Error(`Unexpected status ${failed.status}`);
  const cancelled = await cancelOrder(order.id, { reason: "Changed their mind" }, fresh);
  if (cancelled.status !== 200) throw new Error(`Unexpected status ${cancelled.status}`);
  return {
    listing: listing.id,
    order: order.id,
    total: order.total_eur,
    is_replay_equal: JSON.stringify(again.data) === JSON.stringify(order),
    replayed: again.headers.get("Idempotent-Replay"),
    error_status: failed.status,
    error_code: failed.data.error.code,
    param: failed.data.error.param,
    status: cancelled.data.status,
  };
}

async function events(): Promise<WebhookEvent[]> {
  const page = await listEvents({ limit: 100 });
  if (page.status !== 200) throw new Error(`Unexpected status ${page.status}`);
  return page.data.data;
}

function parse(event: WebhookEvent): unknown[] | null {
  switch (event.event) {
    case "integration.test_event":
      return [event.event, event.sequence, event.data.message];
    case "customer.matched":
      return [event.event, event.sequence, event.data.matched_by];
    case "order.received":
    case "order.fulfilled":
    case "order.cancelled":
      return [event.event, event.sequence, event.data.total_eur];
    case "listing.published":
    case "listing.unpublished":
    case "listing.updated":
    case "listing.sold":
    case "listing.in_stock":
      return [event.event, event.sequence, event.data.asking_price_eur];
    default:
      return ignore(event);
  }
}

// `never` makes the compiler name an event type that has no case; a newer hub still sends types that nobody knew.
function ignore(_event: never): null {
  return null;
}

function required<T>(value: T | null | undefined): T {
  if (value === undefined || value === null) throw new Error("The response lacks a value that the document requires.");
  return value;
}

async function main(): Promise<void> {
  const [, , command, file] = process.argv;
  const read = (): WebhookEvent[] => JSON.parse(readFileSync(required(file), "utf8"));
  const result = command === "shop" ? await shop() : (command === "events" ? await events() : read()).map(parse);
  process.stdout.write(JSON.stringify(result));
}

void main();
