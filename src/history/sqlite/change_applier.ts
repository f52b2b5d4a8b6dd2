import type { RoomChange } from "../../protocol/messages/messages.ts";
import { encodeSignature } from "./tables/column_codec.ts";
import type { SearchIndex } from "./search/search_index.ts";
import { messageWords } from "../search_words.ts";
import type { FileTable } from "./tables/file_table.ts";
import { isDeletedRow, type MessageTable } from "./tables/message_table.ts";
import type { ReactionTable } from "./tables/reaction_table.ts";
import type { RoomRecord } from "./tables/room_table.ts";

/** Applies edits, deletions and reactions to the stored messages, their reactions and files, and the search index. */
export class ChangeApplier {
  readonly #messages: MessageTable;
  readonly #reactions: ReactionTable;
  readonly #files: FileTable;
  readonly #searchIndex: SearchIndex;

  constructor(messages: MessageTable, reactions: ReactionTable, files: FileTable, searchIndex: SearchIndex) {
    this.#messages = messages;
    this.#reactions = reactions;
    this.#files = files;
    this.#searchIndex = searchIndex;
  }

  /** Applies one change. Ignores it if the target is not kept or was deleted. Call it inside a transaction. */
  apply(room: RoomRecord, change: RoomChange, person: number): void {
    const seq = change.of.seq;
    const target = this.#messages.at(room, seq);
    if (target === undefined || isDeletedRow(target)) return;
    if (change.type !== "reacted") return this.#setText(room, seq, target[3], change);
    if (change.removed) this.#reactions.remove(room, seq, change.emoji, person);
    else this.#reactions.add(room, seq, change.emoji, person, change.seq);
  }

  #setText(room: RoomRecord, seq: number, author: string, change: Exclude<RoomChange, { type: "reacted" }>): void {
    const text = change.type === "edited" ? change.text : "";
    // An imported edit without a text was followed by a later edit, which has the text.
    if (text === undefined) return;
    const signed = change.type === "edited" ? encodeSignature(change) : null;
    this.#messages.setText(room, seq, { text, signed, changed: change.seq });
    if (change.type === "deleted") {
      this.#reactions.deleteRange(room, seq, seq);
      this.#files.deleteRange(room, seq, seq);
    }
    if (seq > room.indexed) return;
    this.#searchIndex.deleteRange(room, seq, seq);
    if (text === "") return;
    this.#searchIndex.insert(room, seq, author, messageWords(text, this.#files.at(room, seq)?.name));
  }
}
