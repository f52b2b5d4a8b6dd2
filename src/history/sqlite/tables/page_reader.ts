import type { EntrySignature } from "../../../protocol/identity/entry_signature.ts";
import type { RoomEntry, RoomMessage } from "../../../protocol/messages/messages.ts";
import { KINDS } from "./entry_rows.ts";
import type { FileTable } from "./file_table.ts";
import type { MessageRow, MessageTable } from "./message_table.ts";
import { decodeSignature, decodeText, toTimestamp } from "./column_codec.ts";
import { PageCache, plainMessage } from "./page_cache.ts";
import type { ReactionTable } from "./reaction_table.ts";
import type { RoomRecord } from "./room_table.ts";
import { ROOM_STRIDE } from "./schema.ts";

/**
 * Turns rows into messages and changes, with the quotes, texts and reactions that come from other rows. Of messages up to the seq
 * `floor` nothing is shown, as if they were pruned; the rows must have higher seqs.
 */
export class PageReader {
  readonly #messages: MessageTable;
  readonly #reactions: ReactionTable;
  readonly #files: FileTable;

  constructor(messages: MessageTable, reactions: ReactionTable, files: FileTable) {
    this.#messages = messages;
    this.#reactions = reactions;
    this.#files = files;
  }

  /** Messages with their reactions, in the order of their rows. */
  page(room: RoomRecord, rows: readonly MessageRow[], floor = 0): RoomMessage[] {
    if (rows.length === 0) return [];
    const seqs = rows.map(([key]) => key - room.key * ROOM_STRIDE);
    const reactions = this.#reactions.inRange(room, Math.min(...seqs), Math.max(...seqs));
    return this.messages(room, rows, floor).map((message) => {
      const found = reactions.get(message.seq);
      return found === undefined ? message : { ...message, reactions: found };
    });
  }

  /** Messages without their reactions, in the order of their rows. */
  messages(room: RoomRecord, rows: readonly MessageRow[], floor = 0): RoomMessage[] {
    const cache = this.#cache(room, rows, floor);
    return rows.map((row) => messageOf(room, row, cache));
  }

  /** Messages and changes, in the order of their rows. */
  entries(room: RoomRecord, rows: readonly MessageRow[], floor = 0): RoomEntry[] {
    const cache = this.#cache(room, rows, floor);
    return rows.map((row) => entryOf(room, row, cache));
  }

  #cache(room: RoomRecord, rows: readonly MessageRow[], floor: number): PageCache {
    const tables = { messages: this.#messages, reactions: this.#reactions, files: this.#files };
    return new PageCache(room, tables, rows, floor);
  }
}

function messageOf(room: RoomRecord, row: MessageRow, cache: PageCache): RoomMessage {
  const [, , , , , , , reply, changed, replyId, signed] = row;
  const message = plainMessage(room, row);
  const file = cache.files?.get(row[0]);
  if (reply === null && changed === null && signed === null && file === undefined) return message;
  const isDeleted = changed !== null && message.text === "";
  return {
    ...message,
    ...file !== undefined && { file },
    ...reply !== null && { reply: cache.quote(reply, replyId) },
    ...isDeleted ? { deleted: true } : changed !== null && { edited: true },
    ...signed !== null && decodeSignature(signed),
    ...signed !== null && changed !== null && { edit: cache.idOf(changed) },
  };
}

function entryOf(room: RoomRecord, row: MessageRow, cache: PageCache): RoomEntry {
  const [key, id, fromId, name, text, at, kind, target, , targetId, signed] = row;
  if (kind === null) return messageOf(room, row, cache);
  const seq = key - room.key * ROOM_STRIDE;
  const signature = signed === null ? undefined : decodeSignature(signed);
  const own = { id, room: room.name, seq, from: { id: fromId, name }, at: toTimestamp(at), ...signature };
  if (kind === KINDS.edited) {
    return { ...own, type: "edited", of: cache.author(target!, targetId), ...textOf(cache.row(target!), seq) };
  }
  if (kind === KINDS.deleted) return { ...own, type: "deleted", of: cache.author(target!, targetId) };
  const emoji = decodeText(text);
  const reacted = {
    ...own,
    type: "reacted" as const,
    of: cache.quote(target!, targetId),
    emoji,
    count: cache.count(target!, emoji),
  };
  return kind === KINDS.removed ? { ...reacted, removed: true } : reacted;
}

/** The text of the message and its signature, if the edit with this seq was its last change. */
function textOf(row: MessageRow | undefined, change: number): { text?: string } & Partial<EntrySignature> {
  if (row === undefined || row[8] !== change) return {};
  const signed = row[10];
  return { text: decodeText(row[4]), ...signed !== null && decodeSignature(signed) };
}
