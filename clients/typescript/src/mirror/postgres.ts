// The mirror's row in PostgreSQL: a pool of the package pg.

import { createTable, type Execute, lockRow, type Row, selectState, type Store, updateCursor } from "./store.js";

/** The part of pg's `PoolClient` that the mirror uses. */
export interface PostgresClient {
  query(text: string, values?: any[]): Promise<{ rows: any[] }>;
  release(destroy?: boolean): void;
  on(event: "error", listener: () => void): unknown;
  removeListener(event: "error", listener: () => void): unknown;
}

/** The part of pg's `Pool` that the mirror uses. */
export interface PostgresPool<Client extends PostgresClient> {
  connect(): Promise<Client>;
}

/**
 * A store in PostgreSQL. The handlers get the client that holds the transaction: pass their statements to it.
 *
 * The row lock (`FOR UPDATE`) makes several processes of the shop take turns.
 */
export function postgresStore<Client extends PostgresClient = PostgresClient>(
  pool: PostgresPool<Client>,
): Store<Client> {
  return {
    createTable: () => withClient(pool, (client) => createTable(executeOn(client))),
    read: (name) => withClient(pool, (client) => selectState(executeOn(client), name)),
    saveCursor: (name, cursor) => withClient(pool, (client) => updateCursor(executeOn(client), name, cursor)),
    transact: (name, work) =>
      withClient(pool, (client) =>
        inTransaction(client, async () => work(await lockRow(executeOn(client), client, name, " FOR UPDATE"))),
      ),
  };
}

function executeOn(client: PostgresClient): Execute {
  return async (sql, values) => (await client.query(sql, values)).rows as Row[];
}

async function withClient<Client extends PostgresClient, Result>(
  pool: PostgresPool<Client>,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  client.on("error", ignoreError);
  let isBroken = true; // unless the work shows that the connection still responds
  try {
    const result = await work(client);
    isBroken = false;
    return result;
  } catch (error) {
    isBroken = !(await responds(client));
    throw error;
  } finally {
    client.removeListener("error", ignoreError);
    client.release(isBroken);
  }
}

/** Without a listener, a lost connection would end the process. The statement that uses it throws too. */
function ignoreError(): void {}

/** Ends what is left of a failed transaction; false if the connection is lost. */
async function responds(client: PostgresClient): Promise<boolean> {
  return client.query("ROLLBACK").then(
    () => true,
    () => false,
  );
}

// A stricter default of the database would make a process that waited for the lock fail.
async function inTransaction<Result>(client: PostgresClient, work: () => Promise<Result>): Promise<Result> {
  await client.query("BEGIN ISOLATION LEVEL READ COMMITTED");
  const result = await work();
  await client.query("COMMIT");
  return result;
}
