import type { Change, Quote, RoomEntry, RoomMessage } from "../protocol/messages.ts";
import { quoteOf } from "../protocol/quoting.ts";
import { KINDS } from "./changes.ts";
import type { MessageRow, Messages } from "./messages.ts";
import { toTimestamp, unpack } from "./packing.ts";
import type { Reactions } from "./reactions.ts";
import type { Room } from "./room_table.ts";
import { ROOM_STRIDE } from "./schema.ts";

/** Makes messages and changes of rows, with what other rows know of them. */
export class Reading {
  readonly #messages: Messages;
  readonly #reactions: Reactions;

  constructor(messages: Messages, reactions: Reactions) {
    this.#messages = messages;
    this.#reactions = reactions;
  }

  /** Messages with what was put to them; rows come newest first, or in any order. */
  page(room: Room, rows: readonly MessageRow[]): RoomMessage[] {
    if (rows.length === 0) return [];
    const seqs = rows.map(([key]) => key - room.key * ROOM_STRIDE);
    const reactions = this.#reactions.between(room, Math.min(...seqs), Math.max(...seqs));
    return rows.map((row, index) => {
      const found = reactions.get(seqs[index]!);
      const message = this.message(room, row);
      return found === undefined ? message : { ...message, reactions: found };
    });
  }

  message(room: Room, row: MessageRow): RoomMessage {
    const [, , , , , , , reply, changed] = row;
    const message = plainMessage(room, row);
    if (reply === null && changed === null) return message;
    const isDeleted = changed !== null && message.text === "";
    return {
      ...message,
      ...reply !== null && { reply: this.#quote(room, reply) },
      ...isDeleted ? { deleted: true } : changed !== null && { edited: true },
    };
  }

  entry(room: Room, row: MessageRow): RoomEntry {
    const [key, id, fromId, name, text, at, kind, seq] = row;
    if (kind === null) return this.message(room, row);
    const own = {
      ...{ id, room: room.name, seq: key - room.key * ROOM_STRIDE, from: { id: fromId, name }, at: toTimestamp(at) },
    };
    return { ...own, ...this.#change(room, own.seq, kind, seq!, unpack(text)) } as Change;
  }

  #change(room: Room, own: number, kind: number, seq: number, emoji: string) {
    const { text, ...of } = this.#quote(room, seq);
    if (kind === KINDS.edited) return { type: "edited", of, ...this.#textOf(room, seq, own) };
    if (kind === KINDS.deleted) return { type: "deleted", of };
    const count = this.#reactions.count(room, seq, emoji);
    const quote = text === undefined ? of : { ...of, text };
    return { type: "reacted", of: quote, emoji, count, ...kind === KINDS.removed && { removed: true } };
  }

  /** Of the message, if this is the last change of it. */
  #textOf(room: Room, seq: number, change: number): { text?: string } {
    const row = this.#messages.at(room, seq);
    return row !== undefined && row[8] === change ? { text: unpack(row[4]) } : {};
  }

  #quote(room: Room, seq: number): Quote {
    const row = this.#messages.at(room, seq);
    if (row === undefined) return { seq };
    const message = plainMessage(room, row);
    return quoteOf(message.text === "" ? { ...message, deleted: true } : message);
  }
}

function plainMessage(room: Room, [key, id, fromId, name, text, at]: MessageRow): RoomMessage {
  return {
    type: "message",
    id,
    room: room.name,
    seq: key - room.key * ROOM_STRIDE,
    from: { id: fromId, name },
    text: unpack(text),
    at: toTimestamp(at),
  };
}
