import type { DatabaseSync } from "node:sqlite";
import type { RoomMessage } from "../protocol/messages.ts";
import type { SearchQuery } from "./history_store.ts";
import { authorToken, MAX_DISORDER_MS } from "./indexing.ts";
import { MESSAGE_COLUMNS, type MessageRow, type Messages } from "./messages.ts";
import { unpack } from "./packing.ts";
import type { Reading } from "./reading.ts";
import type { Room } from "./room_table.ts";
import { ROOM_STRIDE } from "./schema.ts";
import { Statement } from "./statements.ts";
import { authorKey, hasPhrases, phrasesOf } from "./words.ts";

/** Messages not indexed yet that a search reads one by one. With more of them, some are found only once they are indexed. */
export const MAX_SCANNED = 20_000;

/** A query whose words are as they stand in the index. */
interface Criteria {
  readonly phrases: readonly string[];
  readonly from: string | undefined;
  readonly beforeMs: number;
}

/** Finds messages: the newest, which are not indexed yet, by reading them, all others by the index. */
export class Searching {
  readonly #messages: Messages;
  readonly #reading: Reading;
  readonly #indexed: Statement<MessageRow>;

  constructor(database: DatabaseSync, messages: Messages, reading: Reading) {
    this.#messages = messages;
    this.#reading = reading;
    this.#indexed = new Statement(
      database,
      `SELECT ${MESSAGE_COLUMNS} FROM search CROSS JOIN messages AS m ON m.key = search.rowid
       CROSS JOIN people AS p ON p.person = m.person
       WHERE search MATCH ? AND search.rowid > ? AND search.rowid < ? AND m.at < ? AND m.text <> ''
       ORDER BY search.rowid DESC LIMIT ?`,
    );
  }

  /** Newest first. */
  search(room: Room, query: SearchQuery, limit: number): RoomMessage[] {
    const criteria = toCriteria(query);
    if (criteria === undefined) return [];
    const end = this.#end(room, criteria.beforeMs);
    const found = this.#scan(room, criteria, end, limit);
    const rest = limit - found.length;
    if (rest > 0) found.push(...this.#lookUp(room, criteria, Math.min(end, room.indexed + 1), rest));
    return found.map((row) => this.#reading.message(room, row));
  }

  #scan(room: Room, criteria: Criteria, end: number, limit: number): MessageRow[] {
    const found: MessageRow[] = [];
    if (room.seq <= room.indexed) return found;
    for (const row of this.#messages.eachNewest(room, room.indexed, end, MAX_SCANNED)) {
      if (fits(row, criteria)) found.push(row);
      if (found.length >= limit) break;
    }
    return found;
  }

  #lookUp(room: Room, criteria: Criteria, end: number, limit: number): MessageRow[] {
    if (end <= 1) return [];
    const match = toMatch(criteria);
    const base = room.key * ROOM_STRIDE;
    if (match !== "") return this.#indexed.all(match, base, base + end, criteria.beforeMs, limit);
    const found: MessageRow[] = [];
    for (const row of this.#messages.eachNewest(room, 0, end, MAX_SCANNED)) {
      if (fits(row, criteria) && found.push(row) >= limit) break;
    }
    return found;
  }

  /** A seq that every message from before the time is below; found by halving where times rise with seqs. */
  #end(room: Room, beforeMs: number): number {
    if (beforeMs === MAX_MS || !room.inOrder) return room.seq + 1;
    let low = 1;
    let high = room.seq + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const first = this.#messages.firstFrom(room, middle);
      if (first === undefined || first.at >= beforeMs + MAX_DISORDER_MS) high = middle;
      else low = first.seq + 1;
    }
    return low;
  }
}

/** No message is later than this. */
const MAX_MS = 8.64e15;

/** Undefined where nothing is asked for. */
function toCriteria({ phrases, from, beforeMs }: SearchQuery): Criteria | undefined {
  const words = phrasesOf(phrases);
  if (words.length === 0 && from === undefined && (beforeMs === undefined || phrases.length > 0)) return undefined;
  const until = beforeMs === undefined || Number.isNaN(beforeMs) ? MAX_MS : beforeMs;
  return { phrases: words, from, beforeMs: Math.max(-MAX_MS, Math.min(MAX_MS, until)) };
}

/** In FTS5's language. Nothing in it needs escaping: phrases are words and blanks, the author is letters and digits. */
function toMatch({ phrases, from }: Criteria): string {
  const parts = phrases.map((phrase) => `words : "${phrase.trim()}"`);
  if (from !== undefined) parts.push(`author : "${authorToken(from)}"`);
  return parts.join(" AND ");
}

function fits([, , , name, text, at]: MessageRow, { phrases, from, beforeMs }: Criteria): boolean {
  if (text === "" || at >= beforeMs || (from !== undefined && authorKey(name) !== authorKey(from))) return false;
  return hasPhrases(unpack(text), phrases);
}
