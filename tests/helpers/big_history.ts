import { openSqliteHistory } from "../../src/history/sqlite.ts";
import type { HistoryStore } from "../../src/history/history_store.ts";
import type { RoomMessage } from "../../src/protocol/messages.ts";

/** The room that the messages are in, and the only one who wrote there. */
export const BIG_ROOM = "big";
const AUTHOR = { id: "0190c3a1-7000-7000-8000-000000000000", name: "author" };
const WORDS = "the build of the new engine is green again and the tea is ready for all who wait".split(" ");
const BATCH = 500;
const MAX_MAINTENANCE_STEPS = 10_000_000;
const NOTHING = { rooms: [], members: [], messages: [], directs: [], confirmed: [], records: [], audit: [] };

/**
 * Fills a new data folder with one room of `count` messages, all of them indexed. Every message holds the word `w0`,
 * every even one `even` and every odd one `odd`, so that a search for both `even` and `odd` reads the whole index and finds nothing.
 */
export function fillBigHistory(folder: string, count: number): void {
  const history = openSqliteHistory({ folder });
  try {
    appendBigRoom(history, count);
    for (let step = 0; step < MAX_MAINTENANCE_STEPS && history.maintain(Date.now(), 100); step++);
  } finally {
    history.close();
  }
}

export function appendBigRoom(history: HistoryStore, count: number): void {
  const started = Date.now() - count;
  const members = [{ ...AUTHOR, tokenDigest: "digest", nameKeys: [AUTHOR.name] }];
  history.append({ ...NOTHING, rooms: [{ id: AUTHOR.id, name: BIG_ROOM, topic: "" }], members });
  for (let first = 1; first <= count; first += BATCH) {
    const messages = Array.from({ length: Math.min(BATCH, count - first + 1) }, (_, index) => ({
      message: bigMessage(first + index, new Date(started + first + index).toISOString()),
    }));
    history.append({ ...NOTHING, messages });
  }
}

function bigMessage(seq: number, at: string): RoomMessage {
  const parity = seq % 2 === 0 ? "even" : "odd";
  const text = `${WORDS[seq % WORDS.length]} ${WORDS[(seq * 7) % WORDS.length]} w0 ${parity} number ${seq}`;
  return { type: "message", id: `id-${seq}`, room: BIG_ROOM, seq, from: AUTHOR, text, at };
}
