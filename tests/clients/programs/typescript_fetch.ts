// A dealer's program on the classes that openapi-generator's typescript-fetch writes: `shop` places an order, `events` and `parse FILE` read events.

import { readFileSync } from "node:fs";

import {
  Configuration,
  ErrorEnvelopeFromJSON,
  EventsApi,
  ListingsApi,
  OrdersApi,
  ResponseError,
  WebhookEventFromJSON,
  type OrderInput,
  type WebhookEvent,
} from "./hub";

const hub = (): Configuration =>
  new Configuration({ basePath: required(process.env["HUB_URL"]), accessToken: required(process.env["HUB_KEY"]) });

async function shop(): Promise<object> {
  const orders = new OrdersApi(hub());
  const page = await new ListingsApi(hub()).listListings({ status: "in_stock", limit: 1 });
  const listing = required(page.data[0]);
  const orderInput: OrderInput = { items: [{ listingId: listing.id }], customer: { email: "buyer@shop.example" } };
  const once = { idempotencyKey: crypto.randomUUID(), orderInput };
  const order = await orders.createOrder(once);
  const again = await orders.createOrderRaw(once);
  const fresh = crypto.randomUUID();
  const { response } = await rejected(orders.createOrder({ idempotencyKey: fresh, orderInput }));
  const { error } = ErrorEnvelopeFromJSON(await response.json());
  const cancelInput = { reason: "Changed their mind" };
  const cancelled = await orders.cancelOrder({ orderId: order.id, idempotencyKey: fresh, cancelInput });
  return {
    listing: listing.id,
    order: order.id,
    total: order.totalEur,
    is_replay_equal: JSON.stringify(await again.value()) === JSON.stringify(order),
    replayed: again.raw.headers.get("Idempotent-Replay"),
    error_status: response.status,
    error_code: error.code,
    param: error.param,
    status: cancelled.status,
  };
}

async function rejected(request: Promise<unknown>): Promise<ResponseError> {
  try {
    await request;
  } catch (error) {
    if (error instanceof ResponseError) return error;
    throw error;
  }
  throw new Error("The request succeeded.");
}

async function events(): Promise<WebhookEvent[]> {
  return (await new EventsApi(hub()).listEvents({ limit: 100 })).data;
}

function parse(event: WebhookEvent): unknown[] | null {
  switch (event.event) {
    case "integration.test_event":
      return [event.event, event.sequence, event.data.message];
    case "customer.matched":
      return [event.event, event.sequence, event.data.matchedBy];
    case "order.received":
    case "order.fulfilled":
    case "order.cancelled":
      return [event.event, event.sequence, event.data.totalEur];
    case "listing.published":
    case "listing.unpublished":
    case "listing.updated":
    case "listing.sold":
    case "listing.in_stock":
      return [event.event, event.sequence, event.data.askingPriceEur];
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
  const read = (): WebhookEvent[] => JSON.parse(readFileSync(required(file), "utf8")).map(WebhookEventFromJSON);
  const result = command === "shop" ? await shop() : (command === "events" ? await events() : read()).map(parse);
  process.stdout.write(JSON.stringify(result));
}

void main();
