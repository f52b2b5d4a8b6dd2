import { batch } from "../contracts/history_store_contract.ts";
import { openSqliteHistory } from "../../src/history/sqlite/sqlite_history.ts";
import type { HistoryStore } from "../../src/history/store.ts";
import { MAX_TEXT_BYTES } from "../../src/protocol/limits.ts";
import type { RoomChange, RoomMessage } from "../../src/protocol/messages/messages.ts";

/** The room of the messages, and their only author. */
export const BIG_ROOM = "big";
/** A room of a few messages of the maximum length. */
export const LONG_ROOM = "long";
const LONG_MESSAGES = 1_200;
/** Number of edits of its last message, which come last. */
const EDITS = 2_000;
const AUTHOR = { id: "0190c3a1-7000-7000-8000-000000000000", name: "author" };
const WORDS = "the build of the new engine is green again and the tea is ready for all who wait".split(" ");
const BATCH = 500;
const MAX_MAINTENANCE_STEPS = 10_000_000;

/**
 * Fills a new data folder with one room of `count` messages, all of them indexed. Every message holds the word `w0`,
 * every even one `even` and every odd one `odd`, so that a search for both `even` and `odd` reads the whole index and finds nothing.
 */
export function fillBigHistory(folder: string, count: number): void {
  const history = openSqliteHistory({ folder });
  try {
    appendRoom(history, BIG_ROOM, count, bigText);
    appendRoom(history, LONG_ROOM, Math.min(count, LONG_MESSAGES), longText);
    appendEdits(history, LONG_ROOM, Math.min(count, LONG_MESSAGES), Math.min(count, EDITS));
    for (let step = 0; step < MAX_MAINTENANCE_STEPS && history.maintain(Date.now(), 100); step++);
  } finally {
    history.close();
  }
}

function appendRoom(history: HistoryStore, name: string, count: number, textOf: (seq: number) => string): void {
  const started = Date.now() - count;
  const members = [{ ...AUTHOR, tokenDigest: "digest", nameKeys: [AUTHOR.name] }];
  history.append(batch({ rooms: [{ id: `${name}-id`, name, topic: "" }], members }));
  for (let first = 1; first <= count; first += BATCH) {
    const messages = Array.from(
      { length: Math.min(BATCH, count - first + 1) },
      (_, index): { message: RoomMessage } => {
        const seq = first + index;
        const at = new Date(started + seq).toISOString();
        return {
          message: { type: "message", id: `${name}-${seq}`, room: name, seq, from: AUTHOR, text: textOf(seq), at },
        };
      },
    );
    history.append(batch({ messages }));
  }
}

/** Edits the last of `messages` repeatedly, each time to another long text. */
function appendEdits(history: HistoryStore, room: string, messages: number, count: number): void {
  const at = new Date().toISOString();
  const edits = Array.from({ length: count }, (_, index): { message: RoomChange } => {
    const seq = messages + 1 + index;
    const of = { seq: messages, from: AUTHOR };
    return {
      message: { type: "edited", id: `edit-${seq}`, room, seq, of, from: AUTHOR, text: longText(2 * seq + 1), at },
    };
  });
  for (let start = 0; start < count; start += BATCH) {
    history.append(batch({ messages: edits.slice(start, start + BATCH) }));
  }
}

function bigText(seq: number): string {
  const parity = seq % 2 === 0 ? "even" : "odd";
  return `${WORDS[seq % WORDS.length]} ${WORDS[(seq * 7) % WORDS.length]} w0 ${parity} number ${seq}`;
}

/** Long texts; every other one has characters that fold to eighteen times their length. */
function longText(seq: number): string {
  return seq % 2 === 0
    ? "\ufdfa".repeat(MAX_TEXT_BYTES / 3)
    : `long text ${seq} `.repeat(MAX_TEXT_BYTES).slice(0, MAX_TEXT_BYTES);
}
