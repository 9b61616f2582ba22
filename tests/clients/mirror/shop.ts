// A shop on the mirror kit, with failures on request. FRAMEWORK and DRIVER choose what it runs on.

import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { DatabaseSync } from "node:sqlite";

import { Client, type Listing, type WebhookEvent } from "@watchtraderhub/client";
import {
  expressReceiver,
  fastifyReceiver,
  Mirror,
  type PostgresClient,
  postgresStore,
  type SqliteDatabase,
  sqliteStore,
  StaleMirrorError,
  type Store,
} from "@watchtraderhub/client/mirror";
import Database from "better-sqlite3";
import express from "express";
import fastify from "fastify";
import pg from "pg";

const aheadMs = 1000 * Number(process.env["AHEAD_SECONDS"] ?? 0);
const readClock = Date.now;
// the clock of a hub whose time the test has moved
globalThis.Date = class extends Date {
  constructor(value: string | number = readClock() + aheadMs) {
    super(value);
  }
  static override now(): number {
    return readClock() + aheadMs;
  }
} as DateConstructor;

type Transaction = SqliteDatabase | PostgresClient;

const { DRIVER, FRAMEWORK, SHOP_DATABASE = "", PORT, WTH_WEBHOOK_SECRET } = process.env;
const { FAILING_FILE = "", KILLED_AT, POLLS, RESNAPSHOTS, PARSES_FIRST } = process.env;

// Without a primary key in `applied`, an event that takes effect twice is in it twice.
const TABLES = [
  "CREATE TABLE IF NOT EXISTS listing (id TEXT PRIMARY KEY, status TEXT, price TEXT)",
  "CREATE TABLE IF NOT EXISTS applied (sequence BIGINT, event_id TEXT)",
];
const SAVE = `INSERT INTO listing (id, status, price) VALUES ($1, $2, $3)
  ON CONFLICT (id) DO UPDATE SET status = excluded.status, price = excluded.price`;

async function run(transaction: Transaction, sql: string, ...values: unknown[]): Promise<void> {
  if ("query" in transaction) await transaction.query(sql, values);
  else transaction.prepare(sql.replace(/\$\d/g, "?")).run(...values);
}

function saveListing(transaction: Transaction, listing: Listing): Promise<void> {
  return run(transaction, SAVE, listing.id, listing.status, String(listing.asking_price_eur));
}

async function applyEvent(event: WebhookEvent, transaction: Transaction): Promise<void> {
  await run(transaction, "INSERT INTO applied VALUES ($1, $2)", event.sequence, event.id);
  if ("object" in event.data && event.data.object === "listing") await saveListing(transaction, event.data);
  if (event.sequence === Number(KILLED_AT)) process.kill(process.pid, "SIGKILL");
  if (existsSync(FAILING_FILE)) throw new Error("The handler fails on request.");
}

async function applySnapshot(listings: Listing[], transaction: Transaction): Promise<void> {
  await run(transaction, "DELETE FROM listing");
  for (const listing of listings) await saveListing(transaction, listing);
}

async function openStore(): Promise<Store<Transaction>> {
  if (DRIVER === "pg") {
    const pool = new pg.Pool({ connectionString: SHOP_DATABASE });
    pool.on("error", () => undefined);
    for (const table of TABLES) await pool.query(table).catch(() => undefined); // another process creates it
    return postgresStore(pool);
  }
  const database = DRIVER === "node:sqlite" ? new DatabaseSync(SHOP_DATABASE) : new Database(SHOP_DATABASE);
  database.exec("PRAGMA busy_timeout = 10000");
  for (const table of TABLES) database.exec(table);
  return sqliteStore(database);
}

const client = new Client({ apiKey: process.env["WTH_API_KEY"] ?? "", baseUrl: process.env["WTH_API_URL"] ?? "" });
const store = await openStore();
const mirror = new Mirror({ client, store, secret: WTH_WEBHOOK_SECRET ?? "", applyEvent, applySnapshot });

async function listen(): Promise<void> {
  const port = Number(PORT);
  if (FRAMEWORK === "fastify") {
    const app = fastify({ forceCloseConnections: true });
    app.register(fastifyReceiver(mirror, "/webhooks"));
    app.post("/json", async (request) => request.body); // other routes keep Fastify's own parser
    await app.listen({ port, host: "127.0.0.1" });
  } else if (FRAMEWORK === "express") {
    const app = express();
    if (PARSES_FIRST) app.use(express.json());
    app.post("/webhooks", expressReceiver(mirror));
    await new Promise<void>((resolve) => app.listen(port, "127.0.0.1", () => resolve()));
  } else {
    const server = createServer(expressReceiver(mirror));
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  }
}

async function catchUp(): Promise<void> {
  await mirror.catchUp().catch(async (error: unknown) => {
    if (!(error instanceof StaleMirrorError) || !RESNAPSHOTS) throw error;
    await mirror.resnapshot();
  });
}

if (POLLS) {
  const stop = new AbortController();
  process.on("SIGTERM", () => stop.abort());
  console.log("ready");
  await mirror.poll(stop.signal, 0.1);
  console.log("stopped");
  process.exit(0);
}
await catchUp();
await listen();
console.log("ready");
