/**
 * Several servers as one chat. All of them take the same entries of one log in the same order.
 *
 * `command_log.ts` is the port of that log, and `tests/contracts/command_log_contract.ts` is the contract of every log.
 * `etcd/` keeps the entries in etcd, and `memory_log.ts` in this process, for tests and for the simulation.
 * `sealed_entry.ts` encrypts entries with the key of the cluster (`cluster_key.ts`), so that only its servers can read and
 * write them. Nothing here knows members, connections or the store, and only `cli` chooses an implementation.
 *
 * @module
 */

export {
  type CommandLog,
  EntryTaken,
  type LogEntry,
  LogLost,
  LogRefused,
  type LogStatus,
  LogTrimmed,
  type PlacedEntry,
} from "./command_log.ts";
