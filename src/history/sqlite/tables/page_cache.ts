import type { MessageFile, Quote, RoomMessage } from "../../../protocol/messages/messages.ts";
import { quoteOf } from "../../../protocol/messages/messages.ts";
import type { FileTable } from "./file_table.ts";
import { isDeletedRow, type MessageRow, type MessageTable } from "./message_table.ts";
import { decodeText, toTimestamp } from "./column_codec.ts";
import type { ReactionTable } from "./reaction_table.ts";
import type { RoomRecord } from "./room_table.ts";
import { ROOM_STRIDE } from "./schema.ts";

/** The tables from which the parts of a page come. */
export interface PageTables {
  readonly messages: MessageTable;
  readonly reactions: ReactionTable;
  readonly files: FileTable;
}

/**
 * Caches the rows that the rows of one page refer to: a thousand changes may have the same long message as
 * their target.
 */
export class PageCache {
  readonly #room: RoomRecord;
  readonly #tables: PageTables;
  /** Messages up to this seq count as not kept. */
  readonly #floor: number;
  /** Files of the page's messages by the key of their row; `undefined` for a page without files. */
  readonly files: ReadonlyMap<number, MessageFile> | undefined;
  readonly #rows = new Map<number, MessageRow | undefined>();
  readonly #quotes = new Map<number, Quote>();
  readonly #counts = new Map<string, number>();

  /** `rows` are the rows of the page. */
  constructor(room: RoomRecord, tables: PageTables, rows: readonly MessageRow[], floor: number) {
    this.#room = room;
    this.#tables = tables;
    this.#floor = floor;
    this.files = rows.length === 0 ? undefined : tables.files.of(rows.map(([key]) => key));
    for (const row of rows) if (row[6] === null) this.#rows.set(row[0] - room.key * ROOM_STRIDE, row);
  }

  /** The row of a message; `undefined` if the message is not kept. */
  row(seq: number): MessageRow | undefined {
    if (seq <= this.#floor) return undefined;
    if (!this.#rows.has(seq)) this.#rows.set(seq, this.#tables.messages.at(this.#room, seq));
    return this.#rows.get(seq);
  }

  /** A quote of the message with this seq. `id` is its id, for the case that it is not kept. */
  quote(seq: number, id: string | null): Quote {
    let quote = this.#quotes.get(seq);
    if (quote === undefined) this.#quotes.set(seq, quote = this.#readQuote(seq, id));
    return quote;
  }

  /** A quote without the text. */
  author(seq: number, id: string | null): Quote {
    const row = this.row(seq);
    return row === undefined ? missing(seq, id) : { id: row[1], seq, from: { id: row[2], name: row[3] } };
  }

  /** The id of the message or change with this seq. */
  idOf(seq: number): string | undefined {
    return seq <= this.#floor ? undefined : this.#tables.messages.idAt(this.#room, seq);
  }

  /** The number of members that reacted to the message with the emoji. */
  count(seq: number, emoji: string): number {
    if (seq <= this.#floor) return 0;
    const key = `${seq} ${emoji}`;
    let count = this.#counts.get(key);
    if (count === undefined) this.#counts.set(key, count = this.#tables.reactions.count(this.#room, seq, emoji));
    return count;
  }

  #readQuote(seq: number, id: string | null): Quote {
    const row = this.row(seq);
    if (row === undefined) return missing(seq, id);
    const message = plainMessage(this.#room, row);
    if (message.text !== "") return quoteOf(message);
    if (isDeletedRow(row)) return quoteOf({ ...message, deleted: true });
    return quoteOf({ ...message, file: this.#tables.files.at(this.#room, seq) });
  }
}

function missing(seq: number, id: string | null): Quote {
  return id === null ? { seq } : { id, seq };
}

/** The message of a row, without the parts that come from other rows: reply, file, changes and reactions. */
export function plainMessage(room: RoomRecord, [key, id, fromId, name, text, at]: MessageRow): RoomMessage {
  return {
    type: "message",
    id,
    room: room.name,
    seq: key - room.key * ROOM_STRIDE,
    from: { id: fromId, name },
    text: decodeText(text),
    at: toTimestamp(at),
  };
}
