import type { DatabaseSync } from "node:sqlite";

/** SQLite's `application_id` of our files: "cnfb". It distinguishes them from the files of other programs. */
export const APPLICATION_ID = 0x636e6662;

/**
 * The key of a message is `room * ROOM_STRIDE + seq`: one
 * integer that sorts by room and seq, the order of reading.
 */
export const ROOM_STRIDE = 2 ** 36;
/** The maximum room key. Keys of messages in higher rooms would exceed 2^53 and lose precision. */
export const MAX_ROOM_KEYS = 2 ** 17 - 1;

/** Rolls back a failed transaction. If the disk is full, SQLite has already done so. */
export function rollBack(database: DatabaseSync): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // No transaction is open.
  }
}
