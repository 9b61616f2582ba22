// The mirror's row in SQLite: a connection of node:sqlite or better-sqlite3.

import { createTable, type Execute, lockRow, type Row, selectState, type Store, updateCursor } from "./store.js";

/** The common part of `DatabaseSync` (node:sqlite) and `Database` (better-sqlite3). */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): { all(...values: any[]): unknown[]; run(...values: any[]): unknown };
}

const BUSY_TIMEOUT_MS = 10_000;

/**
 * A store in SQLite. The handlers get the connection itself, inside the transaction.
 *
 * Give the mirror a connection of its own: while a handler awaits something, every other statement of this connection
 * would be part of the transaction. Another process that writes is waited for, up to 10 seconds.
 */
export function sqliteStore<Database extends SqliteDatabase>(database: Database): Store<Database> {
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  const execute: Execute = async (sql, values) => run(database, sql, values);
  const takeTurn = createTurns();
  return {
    createTable: () => takeTurn(() => createTable(execute)),
    read: (name) => takeTurn(() => selectState(execute, name)),
    saveCursor: (name, cursor) => takeTurn(() => updateCursor(execute, name, cursor)),
    transact: (name, work) =>
      takeTurn(() => inTransaction(database, async () => work(await lockRow(execute, database, name)))),
  };
}

function run(database: SqliteDatabase, sql: string, values: unknown[]): Row[] {
  const statement = database.prepare(sql.replace(/\$\d/g, "?"));
  if (/^SELECT|RETURNING/.test(sql)) return statement.all(...values) as Row[];
  statement.run(...values);
  return [];
}

/** `BEGIN IMMEDIATE` makes this connection the only writer, also among other processes. */
async function inTransaction<Result>(database: SqliteDatabase, work: () => Promise<Result>): Promise<Result> {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = await work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

function rollBack(database: SqliteDatabase): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // SQLite has rolled back by itself, for example because the disk is full; the first error says why
  }
}

/** A mutex: the connection has one transaction at a time. */
function createTurns(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}
