// A dealer's program on the types that openapi-typescript writes, with openapi-fetch: `shop` sells a watch, `hear FILE` reads events.

import { readFileSync } from "node:fs";

import createClient from "openapi-fetch";

import type { components, paths, webhooks } from "./hub";

type Schemas = components["schemas"];
type Payloads = { [T in keyof webhooks]: webhooks[T]["post"]["requestBody"]["content"]["application/json"] };

async function shop(url: string, key: string): Promise<object> {
  const client = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${key}` } });
  const { data: page } = await client.GET("/listings", { params: { query: { status: "in_stock", limit: 1 } } });
  const listing = known(known(page).data[0]);
  const body: Schemas["OrderInput"] = {
    items: [{ listing_id: listing.id }],
    customer: { email: "buyer@shop.example" },
  };
  const once = { header: { "Idempotency-Key": crypto.randomUUID() } };
  const order = known((await client.POST("/orders", { params: once, body })).data);
  const again = await client.POST("/orders", { params: once, body });
  const fresh = { "Idempotency-Key": crypto.randomUUID() };
  const { error } = await client.POST("/orders", { params: { header: fresh }, body });
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
    refused: known(error).error.code,
    param: known(error).error.param,
    status: known(cancelled.data).status,
  };
}

function hear(event: Schemas["WebhookEvent"]): unknown[] {
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
      return never(event);
  }
}

// the section `webhooks` and the union name the same ten types, or this does not compile
const everyPayload = (event: Payloads[keyof Payloads]): Schemas["WebhookEvent"] => event;

function known<T>(value: T | null | undefined): T {
  if (value === undefined || value === null) throw new Error("The hub did not answer what it should.");
  return value;
}

function never(event: never): never {
  throw new Error(`Nobody knows this event: ${JSON.stringify(event)}`);
}

async function main(): Promise<void> {
  const [, , what, file] = process.argv;
  const told =
    what === "shop"
      ? await shop(known(process.env["HUB_URL"]), known(process.env["HUB_KEY"]))
      : (JSON.parse(readFileSync(known(file), "utf8")) as Payloads[keyof Payloads][]).map(everyPayload).map(hear);
  process.stdout.write(JSON.stringify(told));
}

void main();
