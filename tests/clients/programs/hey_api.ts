// A dealer's program on the SDK that @hey-api/openapi-ts writes: `shop` places an order, `events` and `parse FILE` read events.

import { readFileSync } from "node:fs";

import { cancelOrder, createOrder, listEvents, listListings, type OrderInput, type WebhookEvent, type Webhooks } from "./hub";
import { createClient } from "./hub/client";

async function shop(url: string, key: string): Promise<object> {
  const client = createClient({ baseUrl: url, auth: key });
  const { data: page } = await listListings({ client, query: { status: "in_stock", limit: 1 } });
  const listing = required(required(page).data[0]);
  const body: OrderInput = { items: [{ listing_id: listing.id }], customer: { email: "buyer@shop.example" } };
  const headers = { "Idempotency-Key": crypto.randomUUID() };
  const order = required((await createOrder({ client, headers, body })).data);
  const again = await createOrder({ client, headers, body });
  const fresh = { "Idempotency-Key": crypto.randomUUID() };
  const failed = await createOrder({ client, headers: fresh, body });
  const { error } = required(failed.error);
  const cancelled = await cancelOrder({
    client,
    path: { order_id: order.id },
    headers: fresh,
    body: { reason: "Changed their mind" },
  });
  return {
    listing: listing.id,
    order: order.id,
    total: order.total_eur,
    is_replay_equal: JSON.stringify(again.data) === JSON.stringify(order),
    replayed: required(again.response).headers.get("Idempotent-Replay"),
    error_status: required(failed.response).status,
    error_code: error.code,
    param: error.param,
    status: required(cancelled.data).status,
  };
}

async function events(url: string, key: string): Promise<WebhookEvent[]> {
  const client = createClient({ baseUrl: url, auth: key });
  return required((await listEvents({ client, query: { limit: 100 } })).data).data;
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

// compiles only if the section `webhooks` and the union name the same event types
const everyPayload = (event: Webhooks["body"]): WebhookEvent => event;

function required<T>(value: T | null | undefined): T {
  if (value === undefined || value === null) throw new Error("The response lacks a value that the document requires.");
  return value;
}

// `never` makes the compiler name an event type that has no case; a newer hub still sends types that nobody knew.
function ignore(_event: never): null {
  return null;
}

async function main(): Promise<void> {
  const [, , command, file] = process.argv;
  const hub = [required(process.env["HUB_URL"]), required(process.env["HUB_KEY"])] as const;
  const read = (): Webhooks["body"][] => JSON.parse(readFileSync(required(file), "utf8"));
  const received = async (): Promise<WebhookEvent[]> =>
    command === "events" ? await events(...hub) : read().map(everyPayload);
  const result = command === "shop" ? await shop(...hub) : (await received()).map(parse);
  process.stdout.write(JSON.stringify(result));
}

void main();
