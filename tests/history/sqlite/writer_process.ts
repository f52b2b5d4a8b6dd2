/**
 * Appends batches to the store in a folder forever and prints the newest seq after each:
 * `deno run writer_process.ts FOLDER [checkpoints]`. With checkpoints it prints only those, which are at the newest seq.
 */

import { openSqliteHistory } from "../../../src/history/sqlite/sqlite_history.ts";
import { batch, message, room, START_MS } from "../../contracts/history_store_contract.ts";

export const BATCH_MESSAGES = 7;

if (import.meta.main) {
  const checkpoints = Deno.args[1] === "checkpoints";
  const store = openSqliteHistory({ folder: Deno.args[0]!, retention: { maxMessages: 3_000 }, checkpoints });
  if (store.rooms().length === 0) store.append(batch({ rooms: [room("lobby")] }));
  let seq = store.rooms()[0]!.seq;
  const encoder = new TextEncoder();
  for (let round = 0;; round++) {
    const messages = Array.from({ length: BATCH_MESSAGES }, (_, index) => ({
      message: message(seq + index + 1, `text ${seq + index + 1}`),
      ref: `ref ${seq + index + 1}`,
    }));
    store.append(batch({ messages }));
    seq += BATCH_MESSAGES;
    const isShown = !checkpoints || round % 3 === 0;
    if (isShown) store.checkpoint?.({ position: seq, state: `state at ${seq}` });
    if (isShown) Deno.stdout.writeSync(encoder.encode(`${seq}\n`));
    if (round % 10 === 0) store.maintain(START_MS, 1);
  }
}
