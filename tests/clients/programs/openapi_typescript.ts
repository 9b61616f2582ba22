// A dealer's program on the types that openapi-typescript writes, with openapi-fetch: `shop` places an order, `events` and `parse FILE` read events.

import { readFileSync } from "node:fs";

import createClient from "openapi-fetch";

import type { components, paths, webhooks } from "./hub";

type Schemas = components["schemas"];
type Payloads = { [T in keyof webhooks]: webhooks[T]["post"]["requestBody"]["content"]["application/json"] };

async function shop(url: string, key: string): Promise<object> {
  const client = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${key}` } });
  const { data: page } = await client.GET("/listings", { params: { query: { status: "in_stock", limit: 1 } } });
  const listing = required(required(page).data[0]);
  const body: Schemas["OrderInput"] = {
    items: [{ listing_id: listing.id }],
    customer: { email: "buyer@shop.example" },
  };
  const once = { header: { "Idempotency-Key": crypto.randomUUID() } };
  const order = required((await client.POST("/orders", { params: once, body })).data);
  const again = await client.POST("/orders", { params: once, body });
  const fresh = { "Idempotency-Key": crypto.randomUUID() };
  const failed = await client.POST("/orders", { params: { header: fresh }, body });
  const { error } = required(failed.error);
  const cancelled = await client.POST("/orders/{order_id}/cancel", {
    params: { path: { order_id: order.id }, header: fresh },
    body: { reason: "Changed their mind" },
  });
  return {
    listing: listing.id,
    order: order.id,
    total: order.total_eur,
    is_replay_equal: JSON.stringify(again.data) === JSON.stringify(order),
    replayed: again.response.headers.get("Idempotent-Replay"),
    error_status: failed.response.status,
    error_code: error.code,
    param: error.param,
    status: required(cancelled.data).status,
  };
}

async function events(url: string, key: string): Promise<Schemas["WebhookEvent"][]> {
  const client = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${key}` } });
  return required((await client.GET("/events", { params: { query: { limit: 100 } } })).data).data;
}

function parse(event: Schemas["WebhookEvent"]): unknown[] | null {
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
const everyPayload = (event: Payloads[keyof Payloads]): Schemas["WebhookEvent"] => event;

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
  const read = (): Payloads[keyof Payloads][] => JSON.parse(readFileSync(required(file), "utf8"));
  const received = async (): Promise<Schemas["WebhookEvent"][]> =>
    command === "events" ? await events(...hub) : read().map(everyPayload);
  const result = command === "shop" ? await shop(...hub) : (await received()).map(parse);
  process.stdout.write(JSON.stringify(result));
}

void main();
