import type { DatabaseSync } from "node:sqlite";
import type { RoomMessage } from "../../../protocol/messages/messages.ts";
import type { SearchQuery } from "../../../protocol/text/search_query.ts";
import { authorToken, MAX_DISORDER_MS, partOf, partToken } from "./search_index.ts";
import type { FileTable } from "../tables/file_table.ts";
import { isDeletedRow, type MessageRow, type MessageTable } from "../tables/message_table.ts";
import { decodeText } from "../tables/column_codec.ts";
import type { PageReader } from "../tables/page_reader.ts";
import type { RoomRecord } from "../tables/room_table.ts";
import { ROOM_STRIDE } from "../tables/schema.ts";
import { Statement } from "../tables/statement.ts";
import { authorKey, hasPhrases, messageWords, phrasesOf } from "../../search_words.ts";

/**
 * The maximum number of unindexed messages that a search
 * scans. Beyond it, older ones are found only after indexing.
 */
export const MAX_SCANNED = 20_000;
/** Messages that one query reads. */
const SCANNED_AT_ONCE = 32;
/**
 * The maximum number of words in one index lookup. Each
 * message found is then compared with the whole query.
 */
const MAX_TOKENS = 16;
/** A word that occurs in at most this many messages is rare; its messages are all compared with the query. */
const RARE_MESSAGES = 1_000;

/** A query in the form of the index. */
interface Criteria {
  readonly phrases: readonly string[];
  /** Made by `authorKey`. */
  readonly author: string | undefined;
  readonly beforeMs: number;
}

type KeyRow = readonly [key: number];

/** A message that may match, and the name of its file. */
interface Candidate {
  readonly row: MessageRow;
  readonly fileName: string | undefined;
}

/**
 * Finds messages. The newest ones, not yet indexed, are scanned; all others are found through the index.
 *
 * SQLite cannot be interrupted, and FTS5 reads its lists from the end, whatever range of rowids is asked for. Therefore
 * each lookup includes a word that only the messages of one part of a room have, and phrases are compared here:
 * a phrase of common words that are never adjacent would keep FTS5 busy for seconds.
 */
export class SearchReader {
  readonly #messages: MessageTable;
  readonly #pages: PageReader;
  readonly #files: FileTable;
  /** Ascending keys, because FTS5 skips forward quickly, but not backward. */
  readonly #matching: Statement<KeyRow>;
  readonly #newestMatching: Statement<KeyRow>;

  constructor(database: DatabaseSync, messages: MessageTable, pages: PageReader, files: FileTable) {
    this.#messages = messages;
    this.#files = files;
    this.#pages = pages;
    this.#matching = new Statement(database, "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid");
    this.#newestMatching = new Statement(
      database,
      `SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT ${RARE_MESSAGES + 1}`,
    );
  }

  *search(room: RoomRecord, query: SearchQuery, limit: number): Generator<void, RoomMessage[], boolean | void> {
    const criteria = toCriteria(query);
    if (criteria === undefined) return [];
    const { indexed } = room;
    const end = this.#end(room, criteria.beforeMs);
    const found: number[] = [];
    for (const candidate of this.#candidates(room, criteria, indexed, end)) {
      if (candidate !== undefined && fits(candidate, criteria)) found.push(candidate.row[0]);
      if (found.length >= limit || (yield)) break;
    }
    return this.#read(room, found);
  }

  *#candidates(room: RoomRecord, criteria: Criteria, indexed: number, end: number): Generator<Candidate | undefined> {
    yield* this.#scanned(room, indexed, end);
    yield* this.#indexed(room, criteria, Math.min(end, indexed + 1));
  }

  /** Reads the messages in their current state, without those deleted during the search. */
  #read(room: RoomRecord, keys: readonly number[]): RoomMessage[] {
    const rows = [...this.#rows(room, keys, ROOM_STRIDE)].map(({ row }) => row);
    return this.#pages.messages(room, rows.filter((row) => !isDeletedRow(row)));
  }

  /** Messages with seqs between the two, both exclusive, newest first. */
  *#scanned(room: RoomRecord, after: number, before: number): Generator<Candidate> {
    let end = before;
    for (let count = 0; count < MAX_SCANNED && end > after + 1; count += SCANNED_AT_ONCE) {
      const rows = this.#messages.newest(room, after, end, SCANNED_AT_ONCE);
      yield* this.#withFiles(rows);
      if (rows.length < SCANNED_AT_ONCE) return;
      end = rows.at(-1)![0] - room.key * ROOM_STRIDE;
    }
  }

  /**
   * Indexed messages below the seq `end` that may match, newest first; yields `undefined` after a step
   * without messages.
   */
  *#indexed(room: RoomRecord, criteria: Criteria, end: number): Generator<Candidate | undefined> {
    if (end <= 1) return;
    const tokens = tokensOf(criteria);
    if (tokens.length === 0) return yield* this.#scanned(room, 0, end);
    const rare = yield* this.#rareKeys(tokens);
    if (rare !== undefined) return yield* this.#rows(room, rare, end);
    for (let part = partOf(end - 1); part >= 0; part--) {
      const match = [`part : "${partToken(room, part)}"`, ...tokens].join(" AND ");
      const keys = this.#matching.all(match).map(([key]) => key);
      yield undefined;
      yield* this.#rows(room, keys.reverse(), end);
    }
  }

  /** Keys of all messages that contain the rarest word, newest first; `undefined` if no word is rare. */
  *#rareKeys(tokens: readonly string[]): Generator<undefined, readonly number[] | undefined> {
    let rarest: readonly number[] | undefined;
    for (const token of tokens) {
      const keys = this.#newestMatching.all(token).map(([key]) => key);
      yield undefined;
      if (keys.length <= Math.min(RARE_MESSAGES, rarest?.length ?? Infinity)) rarest = keys;
    }
    return rarest;
  }

  /** The messages with these keys that are in the room and below the seq `end`, newest first. */
  *#rows(room: RoomRecord, keys: readonly number[], end: number): Generator<Candidate> {
    const base = room.key * ROOM_STRIDE;
    const seqs = keys.filter((key) => key > base && key < base + end).map((key) => key - base);
    for (let start = 0; start < seqs.length; start += SCANNED_AT_ONCE) {
      const rows = this.#rowsAt(room, seqs.slice(start, start + SCANNED_AT_ONCE));
      yield* this.#withFiles(rows.filter((row) => row !== undefined));
    }
  }

  /** The rows with the names of their files, which one query reads. */
  #withFiles(rows: readonly MessageRow[]): Candidate[] {
    const files = rows.length === 0 ? undefined : this.#files.of(rows.map(([key]) => key));
    return rows.map((row) => ({ row, fileName: files?.get(row[0])?.name }));
  }

  /** Reads adjacent messages with one query, which is four times as fast as one query for each. */
  #rowsAt(room: RoomRecord, seqs: readonly number[]): (MessageRow | undefined)[] {
    const [newest, oldest] = [seqs[0]!, seqs.at(-1)!];
    const span = newest - oldest + 1;
    if (span > 2 * seqs.length) return seqs.map((seq) => this.#messages.at(room, seq));
    const wanted = new Set(seqs);
    const rows = this.#messages.newest(room, oldest - 1, newest + 1, span);
    return rows.filter(([key]) => wanted.has(key - room.key * ROOM_STRIDE));
  }

  /**
   * A seq above that of every message from before `beforeMs`. Uses a binary search if the room's times rise
   * with its seqs.
   */
  #end(room: RoomRecord, beforeMs: number): number {
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

/** The latest time that a `Date` can hold, in milliseconds. */
const MAX_MS = 8.64e15;

/** `undefined` for a query without criteria. */
function toCriteria({ phrases, from, beforeMs }: SearchQuery): Criteria | undefined {
  const words = phrasesOf(phrases);
  if (words.length === 0 && from === undefined && (beforeMs === undefined || phrases.length > 0)) return undefined;
  const until = beforeMs === undefined || Number.isNaN(beforeMs) ? MAX_MS : beforeMs;
  const author = from === undefined ? undefined : authorKey(from);
  return { phrases: words, author, beforeMs: Math.max(-MAX_MS, Math.min(MAX_MS, until)) };
}

/**
 * Terms in FTS5's query language. Nothing needs escaping: words contain no quotes, author tokens only
 * letters and digits.
 */
function tokensOf({ phrases, author }: Criteria): string[] {
  const words = new Set(phrases.flatMap((phrase) => phrase.trim().split(" ")));
  const tokens = [...words].slice(0, MAX_TOKENS).map((word) => `words : "${word}"`);
  return author === undefined ? tokens : [...tokens, `author : "${authorToken(author)}"`];
}

function fits({ row, fileName }: Candidate, { phrases, author, beforeMs }: Criteria): boolean {
  const [, , , name, text, at] = row;
  if (isDeletedRow(row) || at >= beforeMs || (author !== undefined && authorKey(name) !== author)) return false;
  return phrases.length === 0 || hasPhrases(messageWords(decodeText(text), fileName), phrases);
}
