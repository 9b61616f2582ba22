// The shop's database: SQLite or PostgreSQL, with the same SQL.

import { DatabaseSync } from "node:sqlite";

import { type PostgresClient, postgresStore, sqliteStore, type Store } from "@watchtraderhub/client/mirror";
import { Pool } from "pg";

type Row = Record<string, any>;
/** Runs a statement with the parameters $1, $2 …, each used once and in this order; returns its rows. */
export type Run = (sql: string, ...values: any[]) => Promise<Row[]>;
/** What the handlers of the mirror get: a connection with an open transaction. */
export type Transaction = DatabaseSync | PostgresClient;

/** Opens a PostgreSQL URL or the path of a SQLite file: one connection for the pages, and the store of the mirror. */
export function openDatabase(address: string): { run: Run; store: Store<Transaction> } {
  if (/^postgres(ql)?:/.test(address)) {
    const pool = new Pool({ connectionString: address });
    pool.on("error", (error) => console.error(error.message)); // an idle connection was lost; the pool opens another
    return { run: async (sql, ...values) => (await pool.query(sql, values)).rows, store: postgresStore(pool) };
  }
  const options = { timeout: 10_000 }; // milliseconds to wait for another writer
  const database = new DatabaseSync(address, options);
  database.exec("PRAGMA journal_mode = WAL");
  return { run: runIn(database), store: sqliteStore(new DatabaseSync(address, options)) };
}

/** Runs statements inside the transaction of a handler. */
export function runIn(transaction: Transaction): Run {
  return async (sql, ...values) => {
    if (!(transaction instanceof DatabaseSync)) return (await transaction.query(sql, values)).rows;
    return transaction.prepare(sql.replace(/\$\d/g, "?")).all(...values) as Row[];
  };
}
