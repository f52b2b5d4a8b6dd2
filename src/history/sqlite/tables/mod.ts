/**
 * The tables of the database: one file for the schema and its migrations, and one for each table with its statements.
 * Methods that change rows must be called inside a transaction; the caller begins and ends it.
 * Read `schema.ts` first, then `entry_rows.ts` (entries to rows) and `page_reader.ts` (rows to entries).
 *
 * @module
 */

export { MIGRATIONS, SCHEMA_VERSION } from "./migrations.ts";
export { ROOM_STRIDE } from "./schema.ts";
export { Statement } from "./statement.ts";
export { Transactions } from "./transactions.ts";
