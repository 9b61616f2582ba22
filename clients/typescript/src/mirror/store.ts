// The mirror's row in the shop's own database: its position is committed together with the effects of the handler.

/** SQL that creates the table, for SQLite and PostgreSQL. Run it in a migration if the shop may not create tables. */
export const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS watchtraderhub_mirror (
  name TEXT PRIMARY KEY,
  position BIGINT NOT NULL,
  event_id TEXT,
  next_cursor TEXT,
  updated_at TIMESTAMPTZ NOT NULL
)`;

/** The last applied event, and the cursor of the hub's list behind it or behind an earlier one. */
export interface Mark {
  /** Its sequence; 0 if the hub listed no event yet. */
  position: number;
  eventId: string | null;
  cursor: string | null;
}

/** A row of the table. */
export interface State extends Mark {
  updatedAt: Date;
}

/** A transaction that has locked the row. */
export interface LockedRow<Transaction> {
  /** Null if there is no row yet. */
  readonly state: State | null;
  /** What the shop's handlers get. */
  readonly transaction: Transaction;
  /** Inserts the row; false if another process has inserted it meanwhile. */
  insert(mark: Mark): Promise<boolean>;
  update(mark: Mark): Promise<void>;
}

/** The shop's database. `name` is the row. */
export interface Store<Transaction> {
  createTable(): Promise<void>;
  read(name: string): Promise<State | null>;
  saveCursor(name: string, cursor: string | null): Promise<void>;
  /** Locks the row, runs `work`, and commits. Rolls back if `work` throws. */
  transact<Result>(name: string, work: (row: LockedRow<Transaction>) => Promise<Result>): Promise<Result>;
}

export type Row = Record<string, unknown>;
/** Runs a statement with the parameters $1, $2 …, each used once and in this order; returns its rows. */
export type Execute = (sql: string, values: unknown[]) => Promise<Row[]>;

const TABLE = "watchtraderhub_mirror";
const SELECT = `SELECT position, event_id, next_cursor, updated_at FROM ${TABLE} WHERE name = $1`;
const INSERT = `INSERT INTO ${TABLE} (position, event_id, next_cursor, updated_at, name) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (name) DO NOTHING RETURNING name`;
const UPDATE = `UPDATE ${TABLE} SET position = $1, event_id = $2, next_cursor = $3, updated_at = $4 WHERE name = $5`;
const UPDATE_CURSOR = `UPDATE ${TABLE} SET next_cursor = $1 WHERE name = $2`;

export async function selectState(execute: Execute, name: string, lock = ""): Promise<State | null> {
  const [row] = await execute(SELECT + lock, [name]);
  if (row === undefined) return null;
  return {
    position: Number(row["position"]), // a BIGINT of pg is a string
    eventId: row["event_id"] as string | null,
    cursor: row["next_cursor"] as string | null,
    updatedAt: new Date(row["updated_at"] as string),
  };
}

export async function updateCursor(execute: Execute, name: string, cursor: string | null): Promise<void> {
  await execute(UPDATE_CURSOR, [cursor, name]);
}

/** Locks the row in the open transaction of `execute`. `lock` ends the SELECT. */
export async function lockRow<Transaction>(
  execute: Execute,
  transaction: Transaction,
  name: string,
  lock = "",
): Promise<LockedRow<Transaction>> {
  const values = (mark: Mark): unknown[] => {
    return [mark.position, mark.eventId, mark.cursor, new Date().toISOString(), name];
  };
  return {
    transaction,
    state: await selectState(execute, name, lock),
    insert: async (mark) => (await execute(INSERT, values(mark))).length > 0,
    update: async (mark) => void (await execute(UPDATE, values(mark))),
  };
}

/** Creates the table unless it exists. Two processes may do so at the same time, and the second may get an error. */
export async function createTable(execute: Execute): Promise<void> {
  const exists = (): Promise<Row[]> => execute(`${SELECT} LIMIT 1`, [""]);
  await exists().catch(() =>
    execute(CREATE_TABLE, []).catch((error: unknown) =>
      exists().catch(() => {
        throw error;
      }),
    ),
  );
}
