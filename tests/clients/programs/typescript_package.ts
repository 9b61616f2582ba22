// A dealer's program on the TypeScript package: `shop`, `newer`, `event FILE` and `vectors FILE` print JSON.

import { readFileSync } from "node:fs";

import { Client, ConflictError, ListingNotAvailableError, SignatureError, StatusError, webhooks } from "@watchtraderhub/client";

const slept: number[] = [];

function connect(): Client {
  const sleep = async (seconds: number): Promise<void> => void slept.push(seconds);
  return new Client({ apiKey: setting("HUB_KEY"), baseUrl: setting("HUB_URL"), sleep, jitter: () => 0 });
}

function setting(name: string): string {
  return process.env[name] ?? "";
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

// Browses, orders over a connection that breaks, and sells the same watch twice.
async function shop(): Promise<object> {
  const hub = connect();
  const listings = (await collect(hub.listings.list({ limit: 2, published: true }))).map((listing) => listing.id);
  const customer = { email: "buyer@shop.example", last_name: "Müller" };
  const order = await hub.orders.create({ items: [{ listing_id: listings[0] ?? "" }], customer });
  return {
    listings,
    order: order.id,
    orders: (await collect(hub.orders.list())).map((each) => each.id),
    rejected: await sellAgain(hub, listings[0] ?? ""),
    customers: (await collect(hub.customers.list())).length,
    cancelled: (await hub.orders.cancel(order.id, { reason: "Changed their mind" })).status,
    events: (await collect(hub.events.list({ limit: 1 }))).map((event) => event.event),
    mode: (await hub.integration.getMe()).mode,
    slept,
  };
}

async function sellAgain(hub: Client, id: string): Promise<unknown> {
  try {
    await hub.orders.create({ items: [{ listing_id: id }], customer: { email: "late@shop.example" } });
  } catch (error) {
    if (!(error instanceof ListingNotAvailableError)) throw error;
    const { status, type, code, param, requestId } = error;
    return [status, type, code, param, error instanceof ConflictError, requestId?.slice(0, 4)];
  }
  return null;
}

// Uses a hub that sends fields, codes and events that this package does not know.
async function newer(): Promise<object> {
  const hub = connect();
  const [listing] = await collect(hub.listings.list());
  const error: unknown = await hub.orders.get("ord_missing").catch((reason: unknown) => reason);
  const events = (await collect(hub.events.list())).map((event) => event.event);
  const known = error instanceof StatusError ? [error.name, error.code] : null;
  return { fields: "unknown_field" in (listing ?? {}), error: known, events };
}

function event(delivery: { body: string; headers: Record<string, string>; secret: string }): string[] {
  const received = webhooks.constructEvent(delivery.body, delivery.headers, ["whsec_another", delivery.secret]);
  return [received.event, received.id];
}

interface Vector {
  body: string;
  header: string;
  secret: string;
  now: number;
}

function isValid({ body, header, secret, now }: Vector): boolean {
  try {
    webhooks.verifySignature(Buffer.from(body), header, secret, { now });
    return true;
  } catch (error) {
    if (error instanceof SignatureError) return false;
    throw error;
  }
}

async function main(): Promise<void> {
  const [, , command, file] = process.argv;
  const data = file === undefined ? null : JSON.parse(readFileSync(file, "utf8"));
  const commands: Record<string, () => unknown> = {
    shop,
    newer,
    event: () => event(data),
    vectors: () => data.vectors.map(isValid),
  };
  process.stdout.write(JSON.stringify(await commands[command ?? ""]?.()));
}

void main();
