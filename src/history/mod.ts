/**
 * The kept history: rooms, messages, members, records and the audit log. `store.ts` is the port.
 * `memory/` and `sqlite/` implement the port; `transfer/` reads and writes the files of `sqlite/` for export and import.
 * Nothing here knows sessions or sockets, and only `cli` chooses an implementation.
 * Read `store.ts` first, then `sqlite/sqlite_store.ts`.
 * `tests/contracts/history_store_contract.ts` is the contract of every store.
 *
 * @module
 */

export { type Batch, type HistoryStore, type Retention, StoreError } from "./store.ts";
