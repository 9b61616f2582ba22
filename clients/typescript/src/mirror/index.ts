// The mirror kit: a copy of a dealer's listings in the shop's own database.

export * from "./errors.js";
export { Mirror, type MirrorOptions, type Outcome } from "./mirror.js";
export type { Handlers } from "./position.js";
export { type PostgresClient, type PostgresPool, postgresStore } from "./postgres.js";
export { expressReceiver, type FastifyLike, fastifyReceiver } from "./receiver.js";
export { type SqliteDatabase, sqliteStore } from "./sqlite.js";
export { CREATE_TABLE, type LockedRow, type Mark, type State, type Store } from "./store.js";
