/**
 * The store in one SQLite file of a data folder, `confab.db`, in WAL mode. One process writes; others may read.
 * A turn's batch is one transaction; everything that can wait is done later, in small steps (`store_maintenance.ts`).
 * On a server in a cluster all batches since the last checkpoint are one transaction (`checkpointed_store.ts`).
 * Read `sqlite_store.ts` first, then `history_tables.ts`, then `tables/`, which knows nothing of the rest.
 * `search/` and `acks/` build on `tables/` and know nothing of each other.
 *
 * @module
 */

export { openSqliteHistory } from "./sqlite_history.ts";
