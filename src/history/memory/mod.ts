/**
 * A store in memory, for `--memory` and for tests. It keeps a bounded number of messages and nothing on disk.
 * Read `memory_history.ts` first: it implements the port and delegates to rooms, members, direct messages and the audit log.
 *
 * @module
 */

export { MemoryHistory } from "./memory_history.ts";
