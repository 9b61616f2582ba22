// A watch shop on Express: it mirrors the hub's inventory, places orders and follows them.

import { Client, ListingNotAvailableError, type models } from "@watchtraderhub/client";
import { expressReceiver, Mirror } from "@watchtraderhub/client/mirror";
import express from "express";

import { openDatabase, type Run, runIn } from "./database.ts";

const TABLES = [
  "CREATE TABLE IF NOT EXISTS listing (id TEXT PRIMARY KEY, title TEXT, status TEXT, price TEXT)",
  "CREATE TABLE IF NOT EXISTS shop_order (id TEXT PRIMARY KEY, listing_id TEXT, status TEXT)",
  "CREATE TABLE IF NOT EXISTS applied (sequence BIGINT PRIMARY KEY, event_id TEXT)",
];
const SAVE_LISTING = `INSERT INTO listing (id, title, status, price) VALUES ($1, $2, $3, $4)
  ON CONFLICT (id) DO UPDATE SET title = excluded.title, status = excluded.status, price = excluded.price`;
const SAVE_ORDER = `INSERT INTO shop_order (id, listing_id, status) VALUES ($1, $2, 'pending')
  ON CONFLICT (id) DO NOTHING`;

const { WTH_API_KEY, WTH_API_URL, WTH_WEBHOOK_SECRET, SHOP_DATABASE, SHOP_AUDIT, PORT } = process.env;
const hub = new Client({ apiKey: WTH_API_KEY!, baseUrl: WTH_API_URL! });
const { run, store } = openDatabase(SHOP_DATABASE ?? "shop.db");

// The mirror commits what these two functions write together with its position.
const mirror = new Mirror({
  client: hub,
  store,
  secret: WTH_WEBHOOK_SECRET!,
  applySnapshot: async (listings, transaction) => {
    await runIn(transaction)("DELETE FROM listing");
    for (const listing of listings) await saveListing(runIn(transaction), listing);
  },
  applyEvent: async (event, transaction) => {
    const [inside, data] = [runIn(transaction), event.data];
    if (SHOP_AUDIT === "1") await inside("INSERT INTO applied VALUES ($1, $2)", event.sequence, event.id);
    if ("object" in data && data.object === "listing") await saveListing(inside, data);
    if ("object" in data && data.object === "order") await saveStatus(inside, data.status, data.external_id);
  },
});

async function saveListing(inside: Run, listing: models.Listing): Promise<void> {
  if (!listing.published) await inside("DELETE FROM listing WHERE id = $1", listing.id);
  else await inside(SAVE_LISTING, listing.id, listing.title, listing.status, String(listing.asking_price_eur));
}

async function saveStatus(inside: Run, status: string, orderId: string | null): Promise<void> {
  await inside("UPDATE shop_order SET status = $1 WHERE id = $2", status, orderId);
}

const app = express();
app.post("/webhooks", expressReceiver(mirror)); // before express.json(): the signature covers the raw body
app.use(express.json());

// The pages read the shop's own database: they work while the hub is unavailable.

app.get("/watches", async (_, response) => {
  response.json(await run("SELECT id, title, price FROM listing WHERE status = 'in_stock' ORDER BY id"));
});

app.get("/orders/:id", async (request, response) => {
  const [order] = await run("SELECT id, listing_id, status FROM shop_order WHERE id = $1", request.params.id);
  response.status(order ? 200 : 404).json(order ?? { error: "Unknown order." });
});

/** Sells a watch. A customer who sends the form twice, with the same order ID, orders once. */
app.post("/orders", async (request, response) => {
  const { id, listing_id, email } = request.body as Record<string, string>;
  await run(SAVE_ORDER, id, listing_id);
  const order = { external_id: id!, items: [{ listing_id: listing_id! }], customer: { email: email! } };
  try {
    await hub.orders.create(order, { idempotencyKey: id });
    response.status(201).json({ id });
  } catch (error) {
    if (!(error instanceof ListingNotAvailableError)) throw error;
    await saveStatus(run, "sold_out", id!);
    response.status(409).json({ error: "This watch has been sold." });
  }
});

for (const table of TABLES) await run(table);
await mirror.catchUp();
app.listen(Number(PORT ?? 3000), "127.0.0.1", () => console.log("ready"));
